package io.tidemark.catalog.job;

import java.util.Optional;

/**
 * Which jobs of a list are wanted.
 *
 * @param vm the name of a VM that there is no domain of
 */
public record JobFilter(
    Optional<JobState> state,
    Optional<JobType> type,
    Optional<String> domainUuid,
    Optional<String> vm) {}

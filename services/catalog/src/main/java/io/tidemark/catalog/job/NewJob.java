package io.tidemark.catalog.job;

import java.util.Optional;

/**
 * A job to be recorded.
 *
 * @param vm the VM's name, or what was asked for if there is none
 */
public record NewJob(
    String id, JobType type, String vm, Optional<String> domainUuid, Optional<String> hypervisor) {}

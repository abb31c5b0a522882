package io.tidemark.catalog.point;

import io.tidemark.events.DiskMode;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Which points of a list are wanted.
 *
 * @param state without it those that are there
 * @param from the earliest instant
 * @param to before which instant
 */
public record PointFilter(
    Optional<String> domainUuid,
    Optional<DiskMode> kind,
    Optional<PointState> state,
    Optional<OffsetDateTime> from,
    Optional<OffsetDateTime> to) {}

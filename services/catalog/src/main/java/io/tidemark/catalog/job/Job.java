package io.tidemark.catalog.job;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as recorded.
 *
 * @param vm the VM's name
 * @param stage where in its saga it is
 * @param reason why it failed, in one sentence
 * @param totalBytes how many bytes it will move, once that is known
 * @param reportedBytes bytes of the shards that are done
 * @param result what came of it, as the API shows it; empty for backups, whose result is a point
 */
public record Job(
    String id,
    JobType type,
    String vm,
    Optional<String> domainUuid,
    Optional<String> hypervisor,
    JobState state,
    String stage,
    Optional<String> reason,
    Instant createdAt,
    Optional<Instant> endedAt,
    Optional<Long> totalBytes,
    long reportedBytes,
    Optional<JsonObject> result) {}

package io.tidemark.catalog.job;

import io.tidemark.events.PackDescription;
import java.util.Map;
import java.util.Optional;

/**
 * What a shard of a backup came to; sizes in bytes as in {@link io.tidemark.events.ShardExtracted}.
 */
public record ReportedShard(
    String target,
    Map<Long, String> leaves,
    long readBytes,
    long changedBytes,
    long zeroBytes,
    long storedBytes,
    Optional<PackDescription> pack) {}

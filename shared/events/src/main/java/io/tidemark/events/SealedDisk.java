package io.tidemark.events;

import java.util.Optional;

/**
 * What one disk of a sealed restore point amounts to; sizes in bytes as in {@link ShardExtracted}.
 */
public record SealedDisk(
    String target,
    long sizeBytes,
    long readBytes,
    long changedBytes,
    long zeroBytes,
    long storedBytes,
    DiskMode mode,
    Optional<String> reason) {}

package io.tidemark.catalog.point;

import io.tidemark.events.DiskMode;
import java.util.Optional;

/**
 * One disk of a restore point; sizes are bytes.
 *
 * @param root reference to its tree in the repository's text form
 * @param checkpointed whether the point's checkpoint covers it
 * @param reason why it was read whole
 */
public record PointDisk(
    String target,
    long sizeBytes,
    String root,
    boolean checkpointed,
    DiskMode mode,
    Optional<String> reason,
    String source,
    String format,
    long readBytes,
    long changedBytes,
    long zeroBytes,
    long storedBytes) {}

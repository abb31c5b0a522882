package io.tidemark.catalog.backup;

import io.tidemark.events.DiskMode;
import java.util.Optional;

/**
 * One disk of a running backup; sizes are bytes.
 *
 * @param parentSize size of the same disk in the parent point, 0 if there is none
 * @param parentRoot its tree there
 */
record DiskRow(
    String target,
    String source,
    String format,
    long sizeBytes,
    DiskMode mode,
    Optional<String> reason,
    boolean checkpointed,
    long parentSize,
    String parentRoot) {}

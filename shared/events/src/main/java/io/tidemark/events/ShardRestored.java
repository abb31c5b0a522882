package io.tidemark.events;

import java.util.Optional;

/**
 * A shard's blocks are written to the target, each proven by its hash on the way, and flushed.
 *
 * @param writtenBytes bytes of data written
 * @param zeroBytes bytes that are zero, written as such or left
 * @param cut of the planned shard
 */
public record ShardRestored(
    String restoreId,
    String target,
    int index,
    String worker,
    long writtenBytes,
    long zeroBytes,
    long millis,
    Optional<String> cut)
    implements RestoreEvent {}

package io.tidemark.events;

/**
 * A shard's blocks are written to the target, each proven by its hash on the way, and flushed.
 *
 * @param writtenBytes bytes of data written
 * @param zeroBytes bytes that are zero, written as such or left
 */
public record ShardRestored(
    String restoreId,
    String target,
    int index,
    String worker,
    long writtenBytes,
    long zeroBytes,
    long millis)
    implements RestoreEvent {}

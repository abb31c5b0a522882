package io.tidemark.extractor;

import io.tidemark.repository.PackWriter;
import java.util.concurrent.ConcurrentMap;

/**
 * What a shard's blocks are compared with and where they go. Any thread.
 *
 * @param parent the disk in the parent restore point
 * @param pack takes what is new
 * @param sizeBytes of the disk
 * @param whole every block of the shard's leaves is read
 * @param leaves gets the leaf nodes that differ from the parent's, in text form
 */
record ShardTarget(
    ParentTree parent,
    PackWriter pack,
    long sizeBytes,
    boolean whole,
    ConcurrentMap<Long, String> leaves,
    Tally tally) {}

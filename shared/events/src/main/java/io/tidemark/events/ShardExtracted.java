package io.tidemark.events;

import java.util.Map;
import java.util.Optional;

/**
 * A shard's blocks are durable in the repository. A shard may be reported more than once; each
 * report is complete, and the first one counts.
 *
 * @param leaves leaf nodes that differ from the parent's: index of the leaf (offset / 16 MiB) to
 *     reference in the repository's text form
 * @param readBytes bytes read from the disk
 * @param changedBytes bytes that differ from the parent, zeroes included
 * @param zeroBytes bytes read that are zero
 * @param storedBytes bytes added to the repository, all overhead included
 * @param pack the pack written; empty if nothing new had to be stored
 * @param millis how long it took
 * @param cut of the planned shard
 */
public record ShardExtracted(
    String backupId,
    String target,
    int index,
    String worker,
    Map<Long, String> leaves,
    long readBytes,
    long changedBytes,
    long zeroBytes,
    long storedBytes,
    Optional<PackDescription> pack,
    long millis,
    Optional<String> cut)
    implements BackupEvent {
  public ShardExtracted {
    leaves = Map.copyOf(leaves);
  }
}

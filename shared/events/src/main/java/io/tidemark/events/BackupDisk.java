package io.tidemark.events;

import java.util.Optional;

/**
 * One disk of a running backup, frozen at its instant and readable over NBD.
 *
 * @param source where the guest's data lie
 * @param format the format of the guest's data
 * @param sizeBytes the size at that instant, in bytes
 * @param nbdUri the export
 * @param metaContext the NBD metadata context of the dirty bitmap, if the disk is read
 *     incrementally
 * @param mode how it is read
 * @param reason why it is read whole, in one sentence; empty for an incremental disk
 * @param checkpointed whether the backup's new checkpoint covers the disk
 * @param parent the same disk in the parent restore point, against which blocks are compared
 */
public record BackupDisk(
    String target,
    String source,
    String format,
    long sizeBytes,
    String nbdUri,
    Optional<String> metaContext,
    DiskMode mode,
    Optional<String> reason,
    boolean checkpointed,
    Optional<ParentDisk> parent) {}

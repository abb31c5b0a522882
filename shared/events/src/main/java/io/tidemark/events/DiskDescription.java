package io.tidemark.events;

import java.util.Optional;

/**
 * One disk as the inventory sees it.
 *
 * @param target the target name, for example {@code vda}
 * @param source where the guest's data lie: the raw file or device (the data store of a converted
 *     disk)
 * @param format the format of the guest's data: {@code raw}, {@code qcow2}…
 * @param sizeBytes the size the guest sees, in bytes; 0 if it could not be found out
 * @param protection whether the disk can keep bitmaps
 * @param reason why, in one sentence for people
 * @param metadataImage the metadata image in front of the raw disk, if there is one
 */
public record DiskDescription(
    String target,
    String source,
    String format,
    long sizeBytes,
    Protection protection,
    String reason,
    Optional<String> metadataImage) {}

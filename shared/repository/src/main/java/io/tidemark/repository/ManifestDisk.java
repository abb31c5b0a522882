package io.tidemark.repository;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One disk of a restore point. All sizes are bytes.
 *
 * @param target its name in the domain, such as {@code vda}
 * @param sizeBytes its size
 * @param blockBytes the size of its blocks; 65,536 in this version
 * @param root its tree; {@link Ref#NIL} if it is all zero
 * @param mode how it was read, in the words of the backup: {@code full} or {@code incremental}
 * @param reason why it was read in that mode
 * @param readBytes what was read from the disk
 * @param changedBytes what differed from the parent
 * @param zeroBytes what was read and found to be zero
 * @param storedBytes what was added to the repository for it
 * @param sourcePath the raw file or device it was on
 * @param format the format that the guest's data is in there, such as {@code raw}
 */
public record ManifestDisk(
    String target,
    long sizeBytes,
    int blockBytes,
    Ref root,
    String mode,
    Optional<String> reason,
    long readBytes,
    long changedBytes,
    long zeroBytes,
    long storedBytes,
    String sourcePath,
    String format) {

  public ManifestDisk {
    requireNonNull(target, "target");
    requireNonNull(root, "root");
    requireNonNull(mode, "mode");
    requireNonNull(reason, "reason");
    requireNonNull(sourcePath, "sourcePath");
    requireNonNull(format, "format");
    if (sizeBytes < 0 || readBytes < 0 || changedBytes < 0 || zeroBytes < 0 || storedBytes < 0) {
      throw new IllegalArgumentException("The sizes of disk " + target + " are 0 bytes or more");
    }
    if (blockBytes != Geometry.BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "Disk " + target + " has blocks of " + blockBytes + " bytes; version 1 knows 65536 only");
    }
  }
}

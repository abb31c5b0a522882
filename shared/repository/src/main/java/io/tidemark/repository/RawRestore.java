package io.tidemark.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes a disk of a restore point to a raw file or block device, proving every block on the way.
 * Blocks on the disk.
 */
public final class RawRestore {

  private RawRestore() {}

  /**
   * Restores the disk {@code target} of {@code manifest} to {@code file}.
   *
   * <p>A file is written sparse under a temporary name beside it and renamed when whole; after an
   * error nothing of it is left and an existing file is as it was. A block device is written in
   * place, zeroes included; after an error it holds a part.
   *
   * @param overwrite whether an existing file may be replaced, and what a block device holds be
   *     overwritten
   * @throws RefusedException when the file or device exists and that is not allowed, the point has
   *     no such disk, or the device is in use or too small
   * @throws DamagedDataException when anything that the disk needs is damaged
   */
  public static RestoredFile restore(
      Repository repository,
      Manifest manifest,
      String target,
      Path file,
      boolean overwrite,
      ProgressListener progress) {
    ManifestDisk disk =
        manifest
            .disk(target)
            .orElseThrow(() ->
                new RefusedException(
                    "The restore point "
                        + manifest.id()
                        + " has no disk "
                        + target
                        + ". Name one of "
                        + manifest.disks().stream().map(ManifestDisk::target).toList()
                        + "."));
    return restore(repository, ManifestTree.of(disk), file, overwrite, progress);
  }

  /**
   * Restores another file of the domain that is kept as blocks; like {@link #restore(Repository,
   * Manifest, String, Path, boolean, ProgressListener)} otherwise. The target in the result is the
   * file's name.
   */
  public static RestoredFile restore(
      Repository repository,
      ManifestFile.Stored stored,
      Path file,
      boolean overwrite,
      ProgressListener progress) {
    return restore(repository, ManifestTree.of(stored), file, overwrite, progress);
  }

  private static RestoredFile restore(
      Repository repository,
      ManifestTree tree,
      Path file,
      boolean overwrite,
      ProgressListener progress) {
    try (RestoreTarget to = RestoreTarget.open(file, tree.sizeBytes(), overwrite)) {
      Copy copy = new Copy(repository.reader(), to, new Progress(progress, tree.sizeBytes()));
      new TreeWalk(repository.reader(), tree.sizeBytes()).walk(tree.root(), copy);
      to.complete();
      return new RestoredFile(tree.name(), file, tree.sizeBytes(), copy.dataBytes);
    } catch (UncheckedIOException e) {
      throw StorageException.of(e.getCause(), "write", file);
    } catch (IOException e) {
      throw StorageException.of(e, "write", file);
    }
  }

  private static final class Copy implements TreeWalk.Visitor {

    private final BlockReader reader;
    private final RestoreTarget target;
    private final Progress progress;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES);
    private long dataBytes;

    Copy(BlockReader reader, RestoreTarget target, Progress progress) {
      this.reader = reader;
      this.target = target;
      this.progress = progress;
    }

    @Override
    public void block(Ref ref, long offset, int length) {
      reader.readExactly(ref, buffer.clear().limit(length));
      try {
        Durable.writeFully(target.channel(), buffer.flip(), offset);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      dataBytes += length;
      progress.advance(length);
    }

    @Override
    public void zeroes(long offset, long length) {
      try {
        target.writeZeroes(offset, length, progress);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

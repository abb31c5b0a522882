package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What a disk is restored to: a new sparse file, which appears when it is whole, or a block device,
 * written in place.
 */
sealed interface RestoreTarget extends AutoCloseable {

  /** Where the data goes, at the disk's own offsets. */
  FileChannel channel();

  /** Makes a range read as zeroes. */
  void writeZeroes(long offset, long length, Progress progress) throws IOException;

  /** Everything was written: makes it durable and visible. */
  void complete() throws IOException;

  /** Leaves nothing behind of a file that was not completed. */
  @Override
  void close() throws IOException;

  static RestoreTarget open(Path file, long sizeBytes, boolean overwrite) throws IOException {
    if (BlockDevice.isOne(file)) {
      if (!overwrite) {
        throw new RefusedException(
            file
                + " is a block device, whose content would be overwritten. Name another target, or"
                + " allow it to be overwritten.");
      }
      return Device.open(file, sizeBytes);
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new RefusedException(
          file + " is neither a file nor a block device. Name another target.");
    }
    if (Files.exists(file) && !overwrite) {
      throw new RefusedException(
          file + " exists already. Name another file, or allow it to be overwritten.");
    }
    // What a link points to is replaced, not the link.
    Path real = Files.exists(file) ? file.toRealPath() : file;
    return NewFile.create(real, sizeBytes, overwrite);
  }

  /**
   * A file under a temporary name.
   *
   * @param part the temporary name, in the same directory
   */
  record NewFile(FileChannel channel, Path part, Path file, boolean overwrite)
      implements RestoreTarget {

    /** It holds all that the guest knows: others may see it when its owner lets them. */
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    static NewFile create(Path file, long sizeBytes, boolean overwrite) throws IOException {
      PartialFiles partial = PartialFiles.of(file);
      partial.removeAbandoned();
      Path part = partial.next();
      FileChannel channel =
          FileChannel.open(
              part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
      NewFile target = new NewFile(channel, part, file, overwrite);
      try {
        PartialFiles.hold(channel);
        target.setSize(sizeBytes);
        return target;
      } catch (IOException e) {
        target.close();
        throw e;
      }
    }

    @Override
    public void writeZeroes(long offset, long length, Progress progress) {
      progress.advance(length);
    }

    @Override
    public void complete() throws IOException {
      channel.force(true);
      if (!overwrite && Files.exists(file)) {
        throw new RefusedException(
            file + " has appeared meanwhile and was left alone. Name another file.");
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      Durable.forceDirectory(Durable.parent(file));
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(part);
    }

    /**
     * A hole as long as the disk: the last byte is written, and overwritten if the disk has
     * something there.
     */
    private void setSize(long sizeBytes) throws IOException {
      if (sizeBytes > 0) {
        Durable.writeFully(channel, ByteBuffer.allocate(1), sizeBytes - 1);
      }
    }
  }

  /** A block device. */
  record Device(FileChannel channel, Path file) implements RestoreTarget {

    private static final int ZEROES_BYTES = 1 << 20;

    static Device open(Path file, long sizeBytes) throws IOException {
      BlockDevice.requireUnused(file);
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      long size = channel.size();
      if (size < sizeBytes) {
        channel.close();
        throw new RefusedException(
            file
                + " has "
                + size
                + " bytes, the disk "
                + sizeBytes
                + ". Name a device that is large enough.");
      }
      return new Device(channel, file);
    }

    @Override
    public void writeZeroes(long offset, long length, Progress progress) throws IOException {
      ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(ZEROES_BYTES, length));
      for (long done = 0; done < length; done += zeroes.limit()) {
        zeroes.clear().limit((int) Math.min(zeroes.capacity(), length - done));
        Durable.writeFully(channel, zeroes, offset + done);
        progress.advance(zeroes.limit());
      }
    }

    @Override
    public void complete() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}

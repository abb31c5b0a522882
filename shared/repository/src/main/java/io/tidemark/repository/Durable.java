package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Steps that must reach the disk, not only the page cache. */
final class Durable {

  private Durable() {}

  /** Makes creations, renames and deletions in {@code directory} survive a power cut. */
  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Creates {@code directory} under an existing parent unless it is there already; either way it is
   * durable afterwards.
   */
  static void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    // Also when it was there: whoever created it may have died, or be about to, before its own
    // fsync.
    forceDirectory(parent(directory));
  }

  /** The same, and the parents that are missing, each of them durable too. */
  static void createDirectories(Path directory) throws IOException {
    Path parent = parent(directory);
    if (!exists(parent)) {
      createDirectories(parent);
    }
    createDirectory(directory);
  }

  /** Unlike {@link Files#exists}, fails where it can't be known. */
  static boolean exists(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static Path parent(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " has no parent directory");
    }
    return parent;
  }

  /** Writes all of {@code source} at {@code position}; a short write is continued. */
  static void writeFully(FileChannel channel, ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += channel.write(source, at);
    }
  }

  /**
   * Fills {@code target} from {@code position}; returns false when the file ends before it is full.
   */
  static boolean readFully(FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }
}

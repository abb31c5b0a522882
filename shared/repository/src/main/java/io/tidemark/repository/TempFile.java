package io.tidemark.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * A file being written, locked as long as its writer lives, so that what a killed writer left can
 * be told from live work.
 *
 * <p>The name carries the writing process ({@code <stem>.<pid>-<start>.tmp}): a POSIX lock belongs
 * to the process and is lost when that process closes <em>any</em> descriptor of the file, so a
 * process never opens its own temporary files a second time and takes them for live by their name
 * alone.
 */
final class TempFile implements AutoCloseable {

  private static final String SUFFIX = ".tmp";
  private static final int ATTEMPTS = 100;

  private final Path path;
  private final FileChannel channel;
  private boolean open = true;

  private TempFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Creates and locks a new file in {@code directory}. */
  static TempFile create(Path directory, String stem) throws IOException {
    Files.createDirectories(directory);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path path = directory.resolve(stem + (attempt == 0 ? "" : "-" + attempt) + ownSuffix());
      Optional<FileChannel> channel = createNew(path);
      if (channel.isEmpty()) {
        continue;
      }
      TempFile file = new TempFile(path, channel.get());
      try {
        if (locked(channel.get(), path)) {
          return file;
        }
      } catch (IOException e) {
        file.closeAfter(e);
        throw e;
      }
      // Someone reclaimed it between its creation and the lock.
      file.close();
    }
    throw new IOException("every name for a new temporary file is taken or was taken away");
  }

  /** Empty when this process already writes a file of that name. */
  private static Optional<FileChannel> createNew(Path path) throws IOException {
    try {
      return Optional.of(
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (FileAlreadyExistsException e) {
      return Optional.empty();
    }
  }

  /**
   * Deletes {@code file} when it is a temporary file whose writer is gone; returns whether it did.
   */
  static boolean reclaim(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!name.endsWith(SUFFIX) || name.endsWith(ownSuffix())) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null && Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      return false;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process is about to delete it.
      return false;
    }
  }

  FileChannel channel() {
    return channel;
  }

  Path path() {
    return path;
  }

  /**
   * Forces the content to disk and gives the file its final name, replacing nothing that is wanted:
   * names are unique.
   */
  void moveTo(Path target) throws IOException {
    channel.force(true);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    Durable.forceDirectory(Durable.parent(target));
    closeChannel();
  }

  /** Like {@link #moveTo}, but returns false and leaves {@code target} alone when it exists. */
  boolean moveIfAbsent(Path target) throws IOException {
    channel.force(true);
    try {
      Files.createLink(target, path);
      Files.delete(path);
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | IOException e) {
      // Some file systems have no hard links; there the check and the rename are two steps.
      if (Durable.exists(target)) {
        return false;
      }
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }
    Durable.forceDirectory(Durable.parent(target));
    closeChannel();
    return true;
  }

  /** Deletes the file unless it was moved. */
  @Override
  public void close() throws IOException {
    if (open) {
      try {
        Files.deleteIfExists(path);
      } finally {
        closeChannel();
      }
    }
  }

  private void closeAfter(IOException failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void closeChannel() throws IOException {
    open = false;
    channel.close();
  }

  private static boolean locked(FileChannel channel, Path path) throws IOException {
    return channel.tryLock() != null && Durable.exists(path);
  }

  private static String ownSuffix() {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    return "." + self.pid() + "-" + start + SUFFIX;
  }
}

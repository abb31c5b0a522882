package io.tidemark.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary names of a file that is being restored. Whoever writes one holds a lock on it as
 * long as it lives, so that what a killed process left is told from what another one is writing.
 *
 * @param directory where the file is to be
 * @param prefix what they start with
 */
record PartialFiles(Path directory, String prefix) {
  private static final Logger LOG = LoggerFactory.getLogger(PartialFiles.class);
  private static final String SUFFIX = ".part";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  static PartialFiles of(Path file) {
    return new PartialFiles(Durable.parent(file), "." + file.getFileName() + ".");
  }

  /** A name that nobody else has. */
  Path next() {
    return directory.resolve(prefix + PackId.random() + SUFFIX);
  }

  /** Tells others that somebody is writing it, until it is closed. */
  static void hold(FileChannel part) {
    if (!lock(part)) {
      LOG.debug("A partial file can't be locked");
    }
  }

  /** Removes what killed restores left; what can't be told or removed stays. */
  void removeAbandoned() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path part : files.filter(this::isOne).toList()) {
        removeIfAbandoned(part);
      }
    }
  }

  private boolean isOne(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(prefix)
        && name.endsWith(SUFFIX)
        && name.length() > prefix.length() + SUFFIX.length()
        && ID.matcher(name.substring(prefix.length(), name.length() - SUFFIX.length())).matches()
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static void removeIfAbandoned(Path part) {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      if (lock(channel)) {
        Files.deleteIfExists(part);
        LOG.info("Removed {}, which a restore that was killed had left", part);
      }
    } catch (IOException e) {
      LOG.warn("{}, which a restore may have left, stays: {}", part, e.getMessage());
    }
  }

  /** False if somebody else has it, or the file system knows no locks. */
  private static boolean lock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      LOG.debug("No lock", e);
      return false;
    }
  }
}

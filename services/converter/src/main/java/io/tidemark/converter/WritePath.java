package io.tidemark.converter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * How qemu-nbd writes to a file or device.
 *
 * @param cache QEMU's cache mode
 * @param aio QEMU's kind of asynchronous I/O
 */
record WritePath(String cache, String aio) {

  /**
   * A sector of any device; past the page cache, QEMU would write a shorter tail as a whole one.
   */
  private static final long SECTOR_BYTES = 4096;

  private static final WritePath CACHED = new WritePath("writeback", "threads");

  /**
   * The ways worth trying for this file, the fastest first. Whole disks that pass through the page
   * cache cost several times the processor time, and push out what others need there; but some file
   * systems know no other way, and some kernels no io_uring.
   */
  static List<WritePath> of(Path file) {
    return hasWholeSectors(file)
        ? List.of(new WritePath("none", "io_uring"), new WritePath("none", "threads"), CACHED)
        : List.of(CACHED);
  }

  /** False also where it can't be found out: then qemu-nbd shall say why. */
  private static boolean hasWholeSectors(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.size() % SECTOR_BYTES == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

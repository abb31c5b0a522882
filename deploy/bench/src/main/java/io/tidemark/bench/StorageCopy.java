package io.tidemark.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The time that the disks alone take for what a job has to move: {@code dd} reads and another
 * {@code dd} writes at the same time, both past the page cache, until all is on stable storage.
 *
 * @param from a file to read, from its beginning
 * @param to where a file is written; emptied, and removed afterwards
 */
record StorageCopy(Path from, long readBytes, Folder to, long writtenBytes) {
  private static final String PIECE = "bs=1M";

  /** Moves it; returns the seconds until the last byte was there. */
  double seconds() {
    String file = to.fresh().file("moved").toString();
    Command read = dd("if=" + from, "of=/dev/null", count(readBytes), "iflag=direct");
    Command write =
        dd("if=/dev/zero", "of=" + file, count(writtenBytes), "oflag=direct", "conv=fsync");
    try {
      long begin = System.nanoTime();
      Command.Running reading = read.start();
      write.run();
      reading.await();
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      to.remove();
    }
  }

  private static String count(long bytes) {
    return "count=" + Math.ceilDiv(bytes, 1L << 20);
  }

  private static Command dd(String... options) {
    List<String> words = new ArrayList<>(List.of("dd", "status=none", PIECE));
    words.addAll(List.of(options));
    return new Command(words);
  }
}

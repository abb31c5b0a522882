package io.tidemark.nbd;

import java.nio.file.Path;
import java.util.List;

/** A raw disk of 64 MiB behind a metadata image {@code s.qcow2} with the dirty bitmap b0. */
final class Bitmaps {
  private static final int MIB = 1 << 20;

  /** What is dirty in it. */
  static final List<NbdExtent> DIRTY =
      List.of(
          new NbdExtent(0, MIB, 0),
          new NbdExtent(MIB, 64 * 1024, 1),
          new NbdExtent(MIB + 64 * 1024, 9 * MIB - 64 * 1024, 0),
          new NbdExtent(10 * MIB, 128 * 1024, 1),
          new NbdExtent(10 * MIB + 128 * 1024, 54 * MIB - 128 * 1024, 0));

  private Bitmaps() {}

  static void diskWithDirtyBitmap(Path directory) {
    String raw = directory.resolve("s.raw").toString();
    String image = directory.resolve("s.qcow2").toString();
    ServerProcess.run("truncate", "-s", "64M", raw);
    ServerProcess.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + raw + ",data_file_raw=on",
        image,
        "64M");
    ServerProcess.run("qemu-img", "bitmap", "--add", "-g", "64K", "-f", "qcow2", image, "b0");
    ServerProcess.run(
        "qemu-io",
        "-f",
        "qcow2",
        image,
        "-c",
        "write -q -P 1 1M 64k",
        "-c",
        "write -q -P 2 10M 100k");
  }
}

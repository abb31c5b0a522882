package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.extractor.Processes.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;

/** A raw disk behind a metadata image that keeps dirty bitmaps, as a converted VM has it. */
final class GuestDisk {
  private final Path directory;
  private final Path raw;
  private final Path metadata;
  private final Random random;
  private long sizeBytes;

  GuestDisk(Path directory, long sizeBytes, long seed) {
    this.directory = directory;
    this.raw = directory.resolve("disk.raw");
    this.metadata = directory.resolve("disk.qcow2");
    this.random = new Random(seed);
    this.sizeBytes = sizeBytes;
    System.out.println("seed of the disk's content: " + seed);
    Processes.run("truncate", "-s", Long.toString(sizeBytes), raw.toString());
    Processes.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + raw + ",data_file_raw=on",
        metadata.toString(),
        Long.toString(sizeBytes));
  }

  Path raw() {
    return raw;
  }

  /** The disk's size; the raw file may be longer, up to a multiple of the image's cluster. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** Writes random bytes behind QEMU's back. */
  void fill(long offset, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on a dirty bitmap of that name records what is written. */
  void addBitmap(String name) {
    Processes.run(
        "qemu-img", "bitmap", "--add", "-g", "64K", "-f", "qcow2", metadata.toString(), name);
  }

  /** Writes as the guest does: commands of qemu-io. */
  void guest(String... commands) {
    String[] line = new String[3 + 2 * commands.length];
    line[0] = "qemu-io";
    line[1] = "-f";
    line[2] = "qcow2";
    for (int i = 0; i < commands.length; i++) {
      line[3 + 2 * i] = "-c";
      line[4 + 2 * i] = commands[i];
    }
    String[] all = java.util.Arrays.copyOf(line, line.length + 1);
    all[line.length] = metadata.toString();
    Processes.run(all);
  }

  void grow(long newSizeBytes) {
    sizeBytes = newSizeBytes;
    Processes.run(
        "qemu-img", "resize", "-q", "-f", "qcow2", metadata.toString(), Long.toString(sizeBytes));
  }

  /** Exports the disk without a bitmap. */
  Server export() {
    Path socket = directory.resolve("disk.sock");
    return Processes.serve(
        socket,
        "qemu-nbd",
        "-r",
        "-t",
        "-e",
        "4",
        "-f",
        "qcow2",
        "-k",
        socket.toString(),
        metadata.toString());
  }

  /** Exports the disk with one of its bitmaps. */
  Server export(String bitmap) {
    Path socket = directory.resolve("disk.sock");
    return Processes.serve(
        socket,
        "qemu-nbd",
        "-r",
        "-t",
        "-e",
        "4",
        "-f",
        "qcow2",
        "-B",
        bitmap,
        "-k",
        socket.toString(),
        metadata.toString());
  }

  /** The disk as a backup that reads all of it sees it. */
  BackupDisk whole(Server server, Optional<ParentDisk> parent) {
    return disk(server, DiskMode.FULL, Optional.empty(), parent);
  }

  /** The disk as an incremental backup sees it. */
  BackupDisk changed(Server server, String bitmap, ParentDisk parent) {
    return disk(
        server,
        DiskMode.INCREMENTAL,
        Optional.of("qemu:dirty-bitmap:" + bitmap),
        Optional.of(parent));
  }

  private BackupDisk disk(
      Server server, DiskMode mode, Optional<String> metaContext, Optional<ParentDisk> parent) {
    Optional<String> reason =
        mode == DiskMode.FULL ? Optional.of("This is a full backup.") : Optional.empty();
    return new BackupDisk(
        "vda",
        raw.toString(),
        "raw",
        sizeBytes(),
        server.uri(),
        metaContext,
        mode,
        reason,
        true,
        parent);
  }
}

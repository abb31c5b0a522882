package io.tidemark.bench;

import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A domain without operating system on one raw disk with a metadata image in front, and a way to
 * make it dirty.
 */
final class BenchVm {
  private static final int BLOCK = 64 << 10;
  private static final int WRITES_PER_CALL = 40;

  private final Lab lab;
  private final BlankDomain domain;
  private final Path noise;
  private final Random random = new Random(7);

  private BenchVm(Lab lab, BlankDomain domain, Path noise) {
    this.lab = lab;
    this.domain = domain;
    this.noise = noise;
  }

  /** Makes a domain whose disk has that content, and lets Tidemark convert it. */
  static BenchVm create(
      Lab lab, Suite suite, Path directory, String name, DiskContent content, long sizeBytes) {
    BlankDomain domain = lab.blankDomain(name, sizeBytes);
    suite.awaitVm(domain.name(), "running");
    domain.shutdown();
    content.fill(domain.rawDisk("vda"), sizeBytes);
    suite.awaitVm(domain.name(), "shut-off");
    suite.convert(domain.name());
    domain.start();
    suite.awaitVm(domain.name(), "running");
    return new BenchVm(lab, domain, noise(directory));
  }

  String name() {
    return domain.name();
  }

  BlankDomain domain() {
    return domain;
  }

  Lab lab() {
    return lab;
  }

  /** Writes noise to so many blocks of 64 KiB, spread over the disk by chance, and flushes. */
  void scatter(int blocks, long sizeBytes) {
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      long offset = random.nextLong(sizeBytes / BLOCK) * BLOCK;
      commands.add(monitor("write -s " + noise + " " + offset + " " + BLOCK));
      if (commands.size() == WRITES_PER_CALL) {
        lab.virsh(String.join("; ", commands));
        commands.clear();
      }
    }
    commands.add(monitor("flush"));
    lab.virsh(String.join("; ", commands));
  }

  private String monitor(String command) {
    return "qemu-monitor-command --hmp "
        + domain.name()
        + " 'qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend \""
        + command
        + "\"'";
  }

  private static Path noise(Path directory) {
    Path file = directory.resolve("noise");
    byte[] bytes = new byte[BLOCK];
    new Random(11).nextBytes(bytes);
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new BenchFailure(file + " can't be written", e);
    }
  }
}

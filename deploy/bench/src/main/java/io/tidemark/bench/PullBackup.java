package io.tidemark.bench;

import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A backup job of libvirt in pull mode, open for whoever reads its export. */
final class PullBackup implements AutoCloseable {
  private final Lab lab;
  private final BlankDomain domain;
  private final Path socket;

  private PullBackup(Lab lab, BlankDomain domain, Path socket) {
    this.lab = lab;
    this.domain = domain;
    this.socket = socket;
  }

  static PullBackup begin(Lab lab, BlankDomain domain, Path directory) {
    Path socket = directory.resolve("pull.sock");
    Path scratch = directory.resolve("scratch.qcow2");
    Path xml = directory.resolve("backup.xml");
    try {
      Files.deleteIfExists(scratch);
      Files.deleteIfExists(socket);
      Files.writeString(
          xml,
          """
          <domainbackup mode='pull'>
            <server transport='unix' socket='%s'/>
            <disks><disk name='vda' type='file' backup='yes'><scratch file='%s'/></disk></disks>
          </domainbackup>
          """
              .formatted(socket, scratch));
    } catch (IOException e) {
      throw new BenchFailure("a backup job can't be prepared in " + directory, e);
    }
    lab.virsh("backup-begin", domain.name(), xml.toString());
    return new PullBackup(lab, domain, socket);
  }

  /** The disk's export. */
  String uri() {
    return "nbd+unix:///vda?socket=" + socket;
  }

  @Override
  public void close() {
    lab.virsh("domjobabort", domain.name());
  }
}

package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real libvirt, with a domain of its own for each test. */
class LibvirtHypervisorIT {
  private static final long MIB = 1 << 20;
  @TempDir private static Path directory;
  private static Lab lab;
  private static Vertx vertx;
  private static LibvirtHypervisor hypervisor;

  @BeforeAll
  static void start() {
    lab = Lab.up(Lab.uniqueSuffix());
    vertx = Vertx.vertx();
    hypervisor = LibvirtHypervisor.create(vertx, lab.uri());
  }

  @AfterAll
  static void stop() {
    hypervisor.close().await();
    vertx.close().await();
    lab.close();
  }

  @Test
  void domainsAreSeenWithTheirDisksAndStates() {
    BlankDomain blank = lab.blankDomain("see", 16 * MIB, 8 * MIB);

    Domain running = hypervisor.domain(blank.name()).await().orElseThrow();
    blank.shutdown();
    Domain off = hypervisor.domain(running.uuid()).await().orElseThrow();

    assertThat(running.state()).isEqualTo(Domain.State.RUNNING);
    assertThat(running.persistentXml().disks()).hasSize(2);
    assertThat(off.state()).isEqualTo(Domain.State.SHUT_OFF);
    assertThat(off.active()).isFalse();
    assertThat(hypervisor.domains().await().stream().map(Domain::name)).contains(blank.name());
    assertThat(hypervisor.diskSizeBytes(running.uuid(), "vdb").await()).isEqualTo(8 * MIB);
    assertThat(hypervisor.domain("no-such-domain").await()).isEmpty();
  }

  @Test
  void changesOfADomainAreTold() throws Exception {
    BlankDomain blank = lab.blankDomain("told", 8 * MIB);
    Domain domain = hypervisor.domain(blank.name()).await().orElseThrow();
    CompletableFuture<String> told = new CompletableFuture<>();
    hypervisor.onDomainChanged(uuid -> {
      if (uuid.equals(domain.uuid())) {
        told.complete(uuid);
      }
    });

    blank.shutdown();

    assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(domain.uuid());
  }

  @Test
  void aConvertedDiskIsBackedUpIncrementallyUntilQemuIsKilled() throws IOException {
    BlankDomain blank = lab.blankDomain("convert", 16 * MIB);
    String uuid = convert(blank);
    blank.write("vda", 0, MIB, 0x11);

    begin(uuid, "c1", Optional.empty());
    assertThat(hypervisor.backupActive(uuid).await()).isTrue();
    hypervisor.abortBackup(uuid).await();
    begin(uuid, "c2", Optional.of("c1"));
    hypervisor.abortBackup(uuid).await();
    hypervisor.deleteCheckpoint(uuid, "c1").await();
    hypervisor.deleteCheckpoint(uuid, "c1").await();

    assertThat(hypervisor.backupActive(uuid).await()).isFalse();
    assertThat(hypervisor.checkpoints(uuid).await()).containsExactly("c2");
    assertThatThrownBy(() -> begin(uuid, "c3", Optional.of("never")))
        .isInstanceOf(HypervisorException.CheckpointBroken.class);
    blank.killQemu();
    blank.start();
    assertThatThrownBy(() -> begin(uuid, "c4", Optional.of("c2")))
        .isInstanceOfSatisfying(
            HypervisorException.CheckpointBroken.class,
            e -> assertThat(e.target()).isEqualTo("vda"));
    hypervisor.deleteCheckpoint(uuid, "c2").await();
  }

  @Test
  void aDaemonThatIsNotThereIsSaidSo() {
    LibvirtHypervisor nowhere =
        LibvirtHypervisor.create(vertx, "qemu+unix:///system?socket=/nowhere/libvirt-sock");

    assertThatThrownBy(() -> nowhere.domains().await())
        .isInstanceOf(HypervisorException.Unavailable.class)
        .hasMessageContaining("/nowhere/libvirt-sock");
    nowhere.close().await();
  }

  private static String convert(BlankDomain blank) throws IOException {
    blank.shutdown();
    Domain domain = hypervisor.domain(blank.name()).await().orElseThrow();
    Path placeholder = directory.resolve(blank.name() + ".placeholder");
    Path metadata = directory.resolve(blank.name() + ".qcow2");
    HostCommand host = new HostCommand(vertx);
    run(host, "truncate", "-s", "16M", placeholder.toString());
    run(
        host,
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + placeholder + ",data_file_raw=on",
        metadata.toString(),
        "16M");
    run(
        host,
        "qemu-img",
        "amend",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + blank.rawDisk("vda") + ",data_file_raw=on",
        metadata.toString());
    Files.delete(placeholder);
    hypervisor
        .define(domain.persistentXml().withMetadataImage("vda", metadata.toString()).text())
        .await();
    blank.start();
    return domain.uuid();
  }

  private static void run(HostCommand host, String... command) {
    host.run("qemu-utils", java.time.Duration.ofSeconds(30), List.of(command)).await();
  }

  private static void begin(String uuid, String checkpoint, Optional<String> from) {
    BackupXml backup =
        new BackupXml(
            directory.resolve(checkpoint + ".sock"),
            List.of(
                new BackupXml.Disk(
                    "vda",
                    true,
                    from,
                    "vda",
                    "backup-vda",
                    directory.resolve(checkpoint + ".scratch"))));
    hypervisor
        .beginBackup(
            uuid,
            backup.toXml(),
            Optional.of(new CheckpointXml(checkpoint, Map.of("vda", true)).toXml()))
        .await();
  }
}

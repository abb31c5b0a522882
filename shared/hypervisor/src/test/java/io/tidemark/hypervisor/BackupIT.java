package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.hypervisor.HypervisorException.CheckpointBroken;
import io.tidemark.hypervisor.HypervisorException.Refused;
import io.tidemark.hypervisor.HypervisorException.TimedOut;
import io.tidemark.lab.Lab;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backup jobs and checkpoints of real domains. */
class BackupIT {
  private static final long MIB = 1L << 20;
  private static final Map<String, String> FULL = Map.of();

  private static Lab lab;
  private static Vertx vertx;
  private static Hypervisor hypervisor;

  @BeforeAll
  static void connect() {
    lab = Lab.up(Lab.uniqueSuffix());
    vertx = Vertx.vertx();
    hypervisor = LibvirtHypervisor.create(vertx, lab.uri());
  }

  @AfterAll
  static void disconnect() {
    hypervisor.close().await();
    vertx.close().await();
    lab.close();
  }

  @Test
  void aBackupIsSeenUntilItIsEndedAndTheNextOneCountsFromItsCheckpoint() throws IOException {
    var domain = converted("chain", 4 * MIB, 1_000_448);

    domain.begin("c1", FULL);
    var job = hypervisor.backupXml(domain.uuid()).await();
    assertThat(job.flatMap(BackupXml::socketOf))
        .contains(domain.backup("c1", FULL).socket())
        .hasValueSatisfying(socket -> assertThat(Files.exists(socket)).isTrue());
    assertThat(hypervisor.backupActive(domain.uuid()).await()).isTrue();
    hypervisor.abortBackup(domain.uuid()).await();
    assertThat(hypervisor.backupActive(domain.uuid()).await()).isFalse();

    domain.begin("c2", Map.of("vda", "c1"));
    assertThat(hypervisor.backupXml(domain.uuid()).await().orElseThrow())
        .contains("backupmode='incremental' incremental='c1'", "backupmode='full'");
    hypervisor.abortBackup(domain.uuid()).await();
    hypervisor.abortBackup(domain.uuid()).await();

    assertThat(hypervisor.checkpoints(domain.uuid()).await()).containsExactlyInAnyOrder("c1", "c2");
    hypervisor.deleteCheckpoint(domain.uuid(), "c1").await();
    hypervisor.deleteCheckpoint(domain.uuid(), "c1").await();
    assertThat(hypervisor.checkpoints(domain.uuid()).await()).containsExactly("c2");
  }

  @Test
  void bitmapsSurviveAPowerCycle() throws IOException {
    var domain = converted("cycle", MIB);
    domain.begin("c1", FULL);
    hypervisor.abortBackup(domain.uuid()).await();

    domain.blank().shutdown();
    assertThat(hypervisor.backupActive(domain.uuid()).await()).isFalse();
    hypervisor.abortBackup(domain.uuid()).await();
    assertThat(hypervisor.checkpoints(domain.uuid()).await()).containsExactly("c1");
    assertThatThrownBy(() -> hypervisor.deleteCheckpoint(domain.uuid(), "c1").await())
        .isInstanceOf(Refused.class)
        .hasMessageContaining(domain.blank().name())
        .hasMessageContaining("start the domain");
    hypervisor.start(domain.uuid()).await();

    domain.begin("c2", Map.of("vda", "c1"));
    hypervisor.abortBackup(domain.uuid()).await();
  }

  @Test
  void afterQemuWasKilledTheBrokenDiskIsNamedAndItsCheckpointsCanBeDeleted() throws IOException {
    var domain = converted("killed", MIB, MIB);
    domain.begin("c1", FULL);
    hypervisor.abortBackup(domain.uuid()).await();
    domain.blank().shutdown();
    hypervisor.start(domain.uuid()).await();

    domain.blank().killQemu();
    assertThat(hypervisor.domain(domain.uuid()).await().orElseThrow())
        .returns(Domain.State.CRASHED, Domain::state)
        .returns(false, Domain::active);
    hypervisor.start(domain.uuid()).await();

    assertThatThrownBy(() -> domain.begin("c2", Map.of("vdb", "c1")))
        .isInstanceOfSatisfying(
            CheckpointBroken.class, broken -> assertThat(broken.target()).isEqualTo("vdb"));
    hypervisor.deleteCheckpoint(domain.uuid(), "c1").await();
    hypervisor.deleteCheckpoint(domain.uuid(), "c2").await();
    assertThat(hypervisor.checkpoints(domain.uuid()).await()).isEmpty();
    domain.begin("c3", FULL);
    hypervisor.abortBackup(domain.uuid()).await();
  }

  @Test
  void anUnknownCheckpointIsNamedWithItsDisk() throws IOException {
    var domain = converted("unknown", MIB, MIB);

    assertThatThrownBy(() -> domain.begin("c1", Map.of("vdb", "never")))
        .isInstanceOfSatisfying(
            CheckpointBroken.class, broken -> assertThat(broken.target()).isEqualTo("vdb"))
        .hasMessageContaining("never");
    assertThat(hypervisor.backupActive(domain.uuid()).await()).isFalse();
  }

  @Test
  void aRawDiskCanBeBackedUpWithoutCheckpoint() {
    var blank = lab.blankDomain("raw", MIB);
    var uuid = hypervisor.domain(blank.name()).await().orElseThrow().uuid();
    var backup = new ConvertedDomain(blank, hypervisor, uuid, List.of("vda"));

    hypervisor.beginBackup(uuid, backup.backup("raw", FULL).toXml(), Optional.empty()).await();

    assertThat(hypervisor.backupActive(uuid).await()).isTrue();
    hypervisor.abortBackup(uuid).await();
    assertThat(hypervisor.checkpoints(uuid).await()).isEmpty();
  }

  @Test
  void aSecondBackupOfADomainTimesOutAndHoldsUpNobodyElse() throws IOException {
    var domain = converted("second", MIB);
    domain.begin("c1", FULL);

    var second =
        hypervisor.beginBackup(domain.uuid(), domain.backup("c2", FULL).toXml(), Optional.empty());
    for (var i = 0; i < 20; i++) {
      assertThat(hypervisor.domains().await()).isNotEmpty();
      assertThat(hypervisor.backupActive(domain.uuid()).await()).isTrue();
    }
    assertThat(second.isComplete()).isFalse();

    assertThatThrownBy(second::await)
        .isInstanceOf(TimedOut.class)
        .hasMessageContaining(domain.blank().name());
    hypervisor.abortBackup(domain.uuid()).await();
  }

  @Test
  void aBitmapThatIsGoneDoesNotKeepACheckpointFromBeingDeleted() throws IOException {
    var domain = converted("gone", MIB, MIB);
    domain.begin("c1", FULL);
    hypervisor.abortBackup(domain.uuid()).await();

    removeBitmap(domain, "vda", "c1");
    assertThat(bitmaps(domain)).contains("\"c1\"");
    hypervisor.deleteCheckpoint(domain.uuid(), "c1").await();

    assertThat(hypervisor.checkpoints(domain.uuid()).await()).isEmpty();
    assertThat(bitmaps(domain)).doesNotContain("\"c1\"");
  }

  private static void removeBitmap(ConvertedDomain domain, String target, String bitmap) {
    var name = domain.blank().name();
    var path = "//disk[target/@dev='" + target + "']/source/@index";
    var index = lab.virsh("dumpxml", name, "--xpath", path).replaceAll("\\D", "");
    lab.virsh(
        "qemu-monitor-command",
        name,
        "{\"execute\":\"block-dirty-bitmap-remove\",\"arguments\":{\"node\":\"libvirt-%s-format\",\"name\":\"%s\"}}"
            .formatted(index, bitmap));
  }

  private static String bitmaps(ConvertedDomain domain) {
    return lab.virsh(
        "qemu-monitor-command",
        domain.blank().name(),
        "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}");
  }

  private static ConvertedDomain converted(String name, long... bytes) throws IOException {
    return ConvertedDomain.of(vertx, lab, hypervisor, name, bytes);
  }
}

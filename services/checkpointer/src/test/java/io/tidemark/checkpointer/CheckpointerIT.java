package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.DiskMode;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ParentPoint;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.hypervisor.BackupXml;
import io.tidemark.hypervisor.CheckpointXml;
import io.tidemark.hypervisor.Domain;
import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checkpointer between a real libvirt and a real broker. */
class CheckpointerIT {
  private static final long SIZE = 16 << 20;
  @TempDir private static Path directory;
  private static Stage stage;

  private final String first = UUID.randomUUID().toString();
  private final String second = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    stage = new Stage(directory);
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  @Test
  void theFirstBackupIsFullTheNextIncrementalAndOneCheckpointStays() throws IOException {
    Domain domain = stage.domain(stage.converted("twice", SIZE));
    foreignCheckpoint(domain);

    stage.publish(accepted(first, domain, Optional.empty()));
    BackupStarted full = stage.awaitStarted(first);
    stage.publish(sealed(full));
    BackupJobEnded fullEnded = stage.awaitEnded(first);
    stage.publish(accepted(second, domain, Optional.of(full)));
    BackupStarted incremental = stage.awaitStarted(second);
    boolean running = stage.hypervisor().backupActive(domain.uuid()).await();
    stage.publish(sealed(incremental));
    BackupJobEnded ended = stage.awaitEnded(second);

    BackupDisk disk = full.disks().getFirst();
    assertThat(disk.mode()).isEqualTo(DiskMode.FULL);
    assertThat(disk.reason()).isPresent();
    assertThat(disk.sizeBytes()).isEqualTo(SIZE);
    assertThat(disk.checkpointed()).isTrue();
    assertThat(fullEnded.outcome()).isEqualTo(JobOutcome.COMPLETED);
    assertThat(running).isTrue();
    assertThat(incremental.parent()).contains(first);
    assertThat(incremental.disks().getFirst().mode()).isEqualTo(DiskMode.INCREMENTAL);
    assertThat(incremental.disks().getFirst().metaContext())
        .contains("qemu:dirty-bitmap:backup-vda");
    assertThat(ended.removedCheckpoints()).containsExactly(full.checkpoint().orElseThrow());
    assertThat(stage.hypervisor().backupActive(domain.uuid()).await()).isFalse();
    assertThat(stage.hypervisor().checkpoints(domain.uuid()).await())
        .containsExactlyInAnyOrder("foreign", incremental.checkpoint().orElseThrow());
    assertNothingIsLeftOf(first);
    assertNothingIsLeftOf(second);
  }

  @Test
  void afterQemuWasKilledTheDiskIsReadWholeAndSaysWhy() throws IOException {
    BlankDomain blank = stage.converted("killed", SIZE);
    Domain domain = stage.domain(blank);
    stage.publish(accepted(first, domain, Optional.empty()));
    BackupStarted full = stage.awaitStarted(first);
    stage.publish(sealed(full));
    stage.awaitEnded(first);

    blank.killQemu();
    blank.start();
    stage.publish(accepted(second, domain, Optional.of(full)));
    BackupStarted again = stage.awaitStarted(second);
    stage.publish(new BackupFailed(second, Optional.of(again.hypervisor()), "killed", "tried"));
    BackupJobEnded ended = stage.awaitEnded(second);

    assertThat(again.disks().getFirst().mode()).isEqualTo(DiskMode.FULL);
    assertThat(again.disks().getFirst().parent()).isPresent();
    assertThat(again.disks().getFirst().reason())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("dirty bitmap is inconsistent or missing"));
    assertThat(ended.outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(ended.removedCheckpoints()).containsExactly(again.checkpoint().orElseThrow());
    assertThat(stage.hypervisor().backupActive(domain.uuid()).await()).isFalse();
  }

  @Test
  void theSameEventTwiceAlsoAfterARestartBeginsOneJob() throws IOException {
    Domain domain = stage.domain(stage.converted("same", SIZE));
    BackupAccepted accepted = accepted(first, domain, Optional.empty());

    stage.publish(accepted);
    stage.publish(accepted);
    stage.awaitSaid(first, BackupStarted.class, 2);
    stage.whileAway(() -> {});
    stage.publish(accepted);
    List<BackupStarted> said = stage.awaitSaid(first, BackupStarted.class, 3);
    List<String> checkpoints = stage.hypervisor().checkpoints(domain.uuid()).await();
    stage.publish(sealed(said.getFirst()));
    stage.publish(sealed(said.getFirst()));
    BackupJobEnded ended = stage.awaitEnded(first);
    stage.publish(accepted);
    List<BackupJobEnded> ends = stage.awaitSaid(first, BackupJobEnded.class, 2);

    assertThat(said).containsOnly(said.getFirst());
    assertThat(checkpoints).containsExactly(said.getFirst().checkpoint().orElseThrow());
    assertThat(ended.outcome()).isEqualTo(JobOutcome.COMPLETED);
    assertThat(ends).containsOnly(ended);
  }

  @Test
  void aJobWhoseDomainDiesIsLostAndIsToldOnce() throws IOException {
    BlankDomain blank = stage.converted("dies", SIZE);
    Domain domain = stage.domain(blank);
    stage.publish(accepted(first, domain, Optional.empty()));
    BackupStarted started = stage.awaitStarted(first);

    blank.killQemu();
    BackupJobEnded ended = stage.awaitEnded(first);
    stage.publish(new BackupFailed(first, Optional.of(started.hypervisor()), "dies", "lost"));
    stage.publish(accepted(second, domain, Optional.empty()));
    BackupJobEnded refused = stage.awaitEnded(second);

    assertThat(ended.outcome()).isEqualTo(JobOutcome.LOST);
    assertThat(ended.reason()).contains("VM " + blank.name());
    assertThat(stage.said(first, BackupJobEnded.class)).hasSize(1);
    assertThat(refused.outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(refused.reason()).contains("is shut off").contains("start it and try again");
    assertNothingIsLeftOf(first);
  }

  @Test
  void aJobThatDiesWhileTheCheckpointerIsAwayIsLostAndOneThatLivesIsCarriedOn() throws IOException {
    BlankDomain blank = stage.converted("away", SIZE);
    Domain living = stage.domain(stage.lab().blankDomain("lives", SIZE));
    stage.publish(accepted(first, stage.domain(blank), Optional.empty()));
    stage.publish(accepted(second, living, Optional.empty()));
    stage.awaitStarted(first);
    BackupStarted carriedOn = stage.awaitStarted(second);

    stage.whileAway(blank::killQemu);
    BackupJobEnded lost = stage.awaitEnded(first);
    boolean runs = stage.hypervisor().backupActive(living.uuid()).await();
    stage.publish(sealed(carriedOn));

    assertThat(lost.outcome()).isEqualTo(JobOutcome.LOST);
    assertThat(runs).isTrue();
    assertThat(stage.awaitEnded(second).outcome()).isEqualTo(JobOutcome.COMPLETED);
  }

  @Test
  void anEndThatCouldNotBeToldIsToldAfterARestart() {
    Domain domain = stage.domain(stage.lab().blankDomain("untold", SIZE));
    BackupAccepted accepted = accepted(first, domain, Optional.empty());
    BackupJobEnded end =
        new BackupJobEnded(
            first,
            accepted.hypervisor(),
            domain.uuid(),
            JobOutcome.LOST,
            List.of(),
            List.of(),
            "it died while the broker was away");

    stage.whileAway(() -> stage.journal().put(first, JobEntry.opening(accepted).over(end)).await());

    assertThat(stage.awaitEnded(first)).isEqualTo(end);
  }

  @Test
  void aJobThatCouldNotBeClosedWhenItWasToBeIsClosedLater() throws IOException {
    Domain domain = stage.domain(stage.converted("later", SIZE));
    BackupAccepted accepted = accepted(first, domain, Optional.empty());
    stage.publish(accepted);
    BackupStarted started = stage.awaitStarted(first);

    // As if libvirt had been away when the point was sealed.
    JobEntry closing = JobEntry.opening(accepted).open(started).closing(JobOutcome.COMPLETED, "");
    stage.whileAway(() -> stage.journal().put(first, closing).await());
    BackupJobEnded ended = stage.awaitEnded(first);

    assertThat(ended.outcome()).isEqualTo(JobOutcome.COMPLETED);
    assertThat(ended.keptCheckpoints()).containsExactly(started.checkpoint().orElseThrow());
    assertThat(stage.hypervisor().backupActive(domain.uuid()).await()).isFalse();
    assertNothingIsLeftOf(first);
  }

  @Test
  void aJobThatTheJournalLostIsEndedButNotOneThatIsStillOpen() {
    Domain domain = stage.domain(stage.lab().blankDomain("orphan", SIZE));
    String third = UUID.randomUUID().toString();
    stage.publish(accepted(first, domain, Optional.empty()));
    stage.awaitStarted(first);

    stage.publish(accepted(second, domain, Optional.empty()));
    BackupJobEnded refused = stage.awaitEnded(second);
    stage.whileAway(() -> stage.journal().remove(first).await());
    stage.publish(accepted(third, domain, Optional.empty()));
    BackupStarted started = stage.awaitStarted(third);
    stage.publish(sealed(started));

    assertThat(refused.outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(refused.reason()).contains(first).contains("still open");
    assertThat(stage.awaitEnded(third).outcome()).isEqualTo(JobOutcome.COMPLETED);
  }

  @Test
  void backupsWhoseIdsBeginAlikeAreServedAndEndedApart() {
    // As UUIDs that are made of the time are, for a minute.
    String earlier = first.substring(0, 8) + "-0000-7000-8000-000000000001";
    String later = first.substring(0, 8) + "-0000-7000-8000-000000000002";
    Domain one = stage.domain(stage.lab().blankDomain("alike1", SIZE));
    Domain two = stage.domain(stage.lab().blankDomain("alike2", SIZE));

    stage.publish(accepted(earlier, one, Optional.empty()));
    stage.publish(accepted(later, two, Optional.empty()));
    BackupStarted oneStarted = stage.awaitStarted(earlier);
    BackupStarted twoStarted = stage.awaitStarted(later);
    stage.publish(sealed(twoStarted));
    stage.awaitEnded(later);
    boolean served = Files.exists(socket(one));
    stage.publish(sealed(oneStarted));

    assertThat(oneStarted.disks().getFirst().nbdUri())
        .isNotEqualTo(twoStarted.disks().getFirst().nbdUri());
    assertThat(served).isTrue();
    assertThat(stage.awaitEnded(earlier).outcome()).isEqualTo(JobOutcome.COMPLETED);
  }

  @Test
  void anUnconvertedDiskIsReadWholeWithoutCheckpointAndAForeignJobIsLeftAlone() {
    BlankDomain blank = stage.lab().blankDomain("raw", SIZE);
    Domain domain = stage.domain(blank);

    stage.publish(accepted(first, domain, Optional.empty()));
    BackupStarted started = stage.awaitStarted(first);
    stage.publish(sealed(started));
    stage.awaitEnded(first);
    foreignJob(domain);
    stage.publish(accepted(second, domain, Optional.empty()));
    BackupJobEnded refused = stage.awaitEnded(second);

    assertThat(started.checkpoint()).isEmpty();
    assertThat(started.disks().getFirst().checkpointed()).isFalse();
    assertThat(started.disks().getFirst().reason())
        .hasValueSatisfying(reason -> assertThat(reason).contains("tidemark convert"));
    assertThat(refused.outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(refused.reason()).contains("backup job of another program");
    assertThat(stage.hypervisor().backupActive(domain.uuid()).await()).isTrue();
    stage.hypervisor().abortBackup(domain.uuid()).await();
  }

  private static BackupAccepted accepted(String id, Domain domain, Optional<BackupStarted> parent) {
    return new BackupAccepted(
        id,
        stage.hypervisor().name().await(),
        domain.uuid(),
        domain.name(),
        false,
        List.of(),
        parent.map(CheckpointerIT::point));
  }

  private static ParentPoint point(BackupStarted started) {
    return new ParentPoint(
        started.backupId(),
        started.checkpoint(),
        started.disks().stream()
            .map(d -> new ParentDisk(d.target(), d.sizeBytes(), "root", d.checkpointed()))
            .toList());
  }

  private static RestorePointSealed sealed(BackupStarted started) {
    return new RestorePointSealed(
        started.backupId(),
        started.hypervisor(),
        started.domainUuid(),
        started.domainName(),
        started.parent(),
        DiskMode.FULL,
        started.checkpoint(),
        Instant.now(),
        List.of());
  }

  private static Path socket(Domain domain) {
    return stage
        .hypervisor()
        .backupXml(domain.uuid())
        .await()
        .flatMap(BackupXml::socketOf)
        .orElseThrow();
  }

  private static void foreignCheckpoint(Domain domain) {
    foreignBegin(domain, Optional.of(new CheckpointXml("foreign", Map.of("vda", true)).toXml()));
    stage.hypervisor().abortBackup(domain.uuid()).await();
  }

  private static void foreignJob(Domain domain) {
    foreignBegin(domain, Optional.empty());
  }

  private static void foreignBegin(Domain domain, Optional<String> checkpoint) {
    String backup =
        new BackupXml(
                directory.resolve(domain.name() + ".sock"),
                List.of(
                    new BackupXml.Disk(
                        "vda",
                        true,
                        Optional.empty(),
                        "vda",
                        "b",
                        directory.resolve(domain.name() + ".scratch"))))
            .toXml();
    stage.hypervisor().beginBackup(domain.uuid(), backup, checkpoint).await();
  }

  private static void assertNothingIsLeftOf(String backupId) throws IOException {
    try (var files = Files.walk(stage.host())) {
      assertThat(files.map(Path::toString))
          .noneMatch(file -> file.contains(backupId.substring(0, 8)));
    }
  }
}

package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.JobOutcome;
import io.tidemark.hypervisor.BackupXml;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.HypervisorException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backup jobs of a hypervisor that fails in the middle. */
class BackupJobsTest {
  private static final String ID = "0f0e0d0c-1111-2222-3333-444455556666";
  private static final BackupAccepted ACCEPTED =
      new BackupAccepted(
          ID, "host", FakeHypervisor.UUID, "web", false, List.of(), Optional.empty());
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final BackupFailed FAILED =
      new BackupFailed(ID, Optional.of("host"), "web", "no longer wanted");

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HeardEvents events = new HeardEvents();
  private final FakeHypervisor hypervisor = new FakeHypervisor();
  private Path host;
  private BackupJobs jobs;

  @BeforeEach
  void start() {
    // libvirt writes some of these characters otherwise in its XML.
    host = directory.resolve("R&D's <host>");
    jobs = checkpointer();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aGuestThatIsFrozenWhenTheProcessIsKilledIsThawedByTheNextOne() {
    hypervisor.hang("beginBackup");
    context.runOnContext(v -> jobs.begin(ACCEPTED));
    await().atMost(PATIENCE).until(() -> hypervisor.calls("beginBackup") == 1);
    hypervisor.fail("thaw", unavailable());

    BackupJobs next = checkpointer();
    run(next::resume);
    watchUntil(next, () -> hypervisor.calls("thaw") == 2);

    assertThat(hypervisor.calls("freeze")).isEqualTo(1);
    assertThat(ended().outcome()).isEqualTo(JobOutcome.LOST);
    run(checkpointer()::resume);
    assertThat(hypervisor.calls("thaw")).isEqualTo(2);
  }

  @Test
  void aGuestThatCanNotBeThawedIsTriedUntilItIs() {
    hypervisor.fail(
        "thaw",
        unavailable(),
        unavailable(),
        new HypervisorException.AgentUnavailable("busy", null),
        new HypervisorException.Refused("paused", null),
        unavailable(),
        unavailable());

    run(() -> jobs.begin(ACCEPTED));
    watchUntil(jobs, () -> hypervisor.calls("thaw") == 7);
    run(checkpointer()::resume);

    assertThat(started().consistency()).isEqualTo(Consistency.FILESYSTEM);
    assertThat(hypervisor.calls("thaw")).isEqualTo(7);
  }

  @Test
  void aGuestIsLetGoThoughWhatWasToBeDoneMeanwhileThrows() {
    FrozenGuests guests = new FrozenGuests(vertx, config(), hypervisor);
    Domain domain = hypervisor.domain("web").await().orElseThrow();

    Future<Consistency> frozen =
        new Freeze(guests)
            .around(
                domain,
                () -> {
                  throw new IllegalStateException("no XML");
                });

    await().atMost(PATIENCE).until(frozen::isComplete);
    assertThat(frozen.cause()).hasMessage("no XML");
    assertThat(hypervisor.calls("thaw")).isEqualTo(1);
  }

  @Test
  void theJobThatAnotherProgramBeganMeanwhileIsLeftAlone() {
    String foreign = new BackupXml(host.resolve("foreign.sock"), List.of()).toXml();
    hypervisor.fail("beginBackup", () -> hypervisor.runs(Optional.of(foreign)), timedOut());

    run(() -> jobs.begin(ACCEPTED));

    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(hypervisor.calls("abortBackup")).isZero();
  }

  @Test
  void aJobThatABeginLeftThoughItFailedIsTakenBack() {
    Path socket = new HostDirectories(vertx, host).socket(ID);
    String own = new BackupXml(socket, List.of()).toXml();
    hypervisor.fail("beginBackup", () -> hypervisor.runs(Optional.of(own)), timedOut());

    run(() -> jobs.begin(ACCEPTED));

    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(hypervisor.calls("abortBackup")).isEqualTo(1);
  }

  @Test
  void aJobThatWillNotEndIsNotToldAsEndedAndKeepsItsFiles() throws IOException {
    run(() -> jobs.begin(ACCEPTED));
    Path scratch = new HostDirectories(vertx, host).scratch(ID, "vda");
    Files.writeString(scratch, "copied before it was overwritten");
    hypervisor.fail("abortBackup", timedOut());

    run(() -> jobs.abort(FAILED));

    assertThat(events.all(BackupJobEnded.class)).isEmpty();
    assertThat(scratch).exists();

    watchUntil(jobs, () -> !events.all(BackupJobEnded.class).isEmpty());
    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(scratch).doesNotExist();
  }

  @Test
  void aJobThatIsGoneHasEndedThoughEndingItFailed() {
    run(() -> jobs.begin(ACCEPTED));
    hypervisor.fail("abortBackup", () -> hypervisor.runs(Optional.empty()), timedOut());

    run(() -> jobs.abort(FAILED));

    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
  }

  @Test
  void aStalledGuestGoesOnWhenItsBackupIsEnded() {
    run(() -> jobs.begin(ACCEPTED));
    hypervisor.is(Domain.State.STALLED);

    run(() -> jobs.abort(FAILED));

    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(hypervisor.calls("resume")).isEqualTo(1);
  }

  @Test
  void aStalledGuestGoesOnAlsoWhenItsJobIsGoneAlreadyOrLibvirtIsAwayInBetween() {
    run(() -> jobs.begin(ACCEPTED));
    hypervisor.is(Domain.State.STALLED);
    hypervisor.runs(Optional.empty());
    hypervisor.fail("resume", unavailable());

    watchUntil(jobs, () -> !events.all(BackupJobEnded.class).isEmpty());

    assertThat(ended().outcome()).isEqualTo(JobOutcome.LOST);
    assertThat(hypervisor.calls("resume")).isEqualTo(2);
  }

  @Test
  void aGuestThatSomebodyPausedStaysSo() {
    run(() -> jobs.begin(ACCEPTED));
    hypervisor.is(Domain.State.PAUSED);

    run(() -> jobs.abort(FAILED));

    assertThat(ended().outcome()).isEqualTo(JobOutcome.ABORTED);
    assertThat(hypervisor.calls("resume")).isZero();
  }

  @Test
  void aJobGoesOnInADirectoryWhoseNameXmlWritesOtherwise() {
    run(() -> jobs.begin(ACCEPTED));
    int before = hypervisor.calls("backupXml");

    watchUntil(jobs, () -> hypervisor.calls("backupXml") > before + 1);

    assertThat(events.all(BackupJobEnded.class)).isEmpty();
    run(() -> jobs.abort(FAILED));
    assertThat(hypervisor.calls("abortBackup")).isEqualTo(1);
  }

  private BackupJobs checkpointer() {
    return BackupJobs.of(vertx, config(), events, hypervisor, "host");
  }

  private CheckpointerConfig config() {
    return new CheckpointerConfig(
        directory.resolve("state"), host, Duration.ofSeconds(1), Duration.ofMillis(5));
  }

  private static HypervisorException unavailable() {
    return new HypervisorException.Unavailable("libvirt is away", null);
  }

  private static HypervisorException timedOut() {
    return new HypervisorException.TimedOut("it took too long", null);
  }

  private BackupStarted started() {
    return events.all(BackupStarted.class).getFirst();
  }

  private BackupJobEnded ended() {
    return events.all(BackupJobEnded.class).getFirst();
  }

  private void watchUntil(BackupJobs watched, Supplier<Boolean> met) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          run(() -> {
            watched.watch();
            return Future.succeededFuture();
          });
          return met.get();
        });
  }

  private void run(Supplier<Future<Void>> step) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(v -> step.get().onComplete(done));
    done.future().await();
  }
}

package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Event;
import io.tidemark.events.ShardsPlanned;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Surveys all disks of a backup and says what was found. Event loop only. */
final class BackupSurvey {

  private final Workbench bench;
  private final Retries retries;
  private final Announcements announcements;

  BackupSurvey(Workbench bench, Retries retries, Announcements announcements) {
    this.bench = bench;
    this.retries = retries;
    this.announcements = announcements;
  }

  /**
   * Surveys the disks at the same time; publishes the shards, then the plan; or that the survey of
   * a disk failed.
   *
   * @return completes when that is published; fails only when it can't be
   */
  Future<Void> run(BackupStarted backup) {
    List<Future<SurveyedDisk>> surveys =
        backup.disks().stream().map(disk -> survey(backup.backupId(), disk)).toList();
    return Future.join(surveys)
        .transform(done ->
            done.succeeded()
                ? plan(backup, surveys.stream().map(Future::result).toList())
                : report(backup, surveys));
  }

  private Future<SurveyedDisk> survey(String backupId, BackupDisk disk) {
    return retries.run(() -> new DiskSurvey(bench, backupId, disk).run());
  }

  private Future<Void> plan(BackupStarted backup, List<SurveyedDisk> disks) {
    String id = backup.backupId();
    Cut cut = new Cut();
    disks.forEach(disk -> cut.add(disk.disk().target(), disk.disk().mode().name(), disk.shards()));
    Optional<String> name = Optional.of(cut.name());
    List<Event> shards = new ArrayList<>();
    for (SurveyedDisk disk : disks) {
      for (int index = 0; index < disk.shards().size(); index++) {
        ByteRange range = disk.shards().get(index);
        shards.add(
            new BackupShardPlanned(
                id,
                index,
                range.offset(),
                range.lengthBytes(),
                disk.disk(),
                Optional.of(backup.hypervisor()),
                Optional.of(backup.domainUuid()),
                0,
                name,
                Optional.empty()));
      }
    }
    ShardsPlanned plan =
        new ShardsPlanned(id, disks.stream().map(SurveyedDisk::plan).toList(), name);
    return announcements.all(shards).compose(done -> announcements.one(plan));
  }

  private Future<Void> report(BackupStarted backup, List<Future<SurveyedDisk>> surveys) {
    List<Event> failures = new ArrayList<>();
    for (int i = 0; i < surveys.size(); i++) {
      if (surveys.get(i).failed()) {
        failures.add(
            Failures.survey(
                backup.backupId(),
                backup.disks().get(i),
                bench.config().worker(),
                surveys.get(i).cause()));
      }
    }
    return announcements.all(failures);
  }
}

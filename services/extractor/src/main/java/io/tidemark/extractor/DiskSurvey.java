package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdException;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what of one disk of a backup has to be read, and cuts it into shards. Event loop only.
 */
final class DiskSurvey {

  private static final Logger LOG = LoggerFactory.getLogger(DiskSurvey.class);

  private final Workbench bench;
  private final String backupId;
  private final BackupDisk disk;

  DiskSurvey(Workbench bench, String backupId, BackupDisk disk) {
    this.bench = bench;
    this.backupId = backupId;
    this.disk = disk;
  }

  /**
   * Surveys the disk. A bitmap that is missing or found wrong makes it a full read, with the
   * reason.
   *
   * @return fails when the export or the repository can't be read
   */
  Future<SurveyedDisk> run() {
    if (disk.mode() == DiskMode.FULL) {
      return Future.succeededFuture(whole(disk));
    }
    if (disk.metaContext().isEmpty() || disk.parent().isEmpty()) {
      return Future.succeededFuture(
          distrusted("There is no dirty bitmap or no parent restore point to build on."));
    }
    return Exports.read(bench, disk)
        .compose(connection -> incremental(connection).eventually(connection::close))
        .recover(this::withoutBitmap);
  }

  private Future<SurveyedDisk> incremental(NbdConnection connection) {
    LeafLoads loads = new LeafLoads(disk.sizeBytes());
    CleanSample sample = new CleanSample(seed(), disk.sizeBytes(), bench.config().sampleBlocks());
    DirtyRanges ranges =
        new DirtyRanges(
            disk.sizeBytes(),
            range -> {
              loads.add(range);
              sample.exclude(range.offset(), range.lengthBytes());
            });
    return DirtyMap.of(connection, disk)
        .read(new ByteRange(0, disk.sizeBytes()), ranges::add)
        .compose(done -> {
          ranges.finish();
          return new SampleCheck(bench, connection, disk).doubt(sample.blocks());
        })
        .map(doubt -> doubt.map(this::distrusted).orElseGet(() -> cut(disk, loads)));
  }

  private Future<SurveyedDisk> withoutBitmap(Throwable failure) {
    if (!(failure instanceof NbdException.Refused)) {
      return Future.failedFuture(failure);
    }
    return Exports.readWithoutBitmap(bench, disk)
        .compose(NbdConnection::close)
        .map(closed ->
            distrusted(
                "The export does not offer the dirty bitmap "
                    + disk.metaContext().orElse("")
                    + "."));
  }

  private SurveyedDisk distrusted(String reason) {
    LOG.error(
        "The disk is read whole: {} [disk: {}, source: {}, backup: {}]",
        reason,
        disk.target(),
        disk.source(),
        backupId);
    return whole(
        new BackupDisk(
            disk.target(),
            disk.source(),
            disk.format(),
            disk.sizeBytes(),
            disk.nbdUri(),
            Optional.empty(),
            DiskMode.FULL,
            Optional.of(reason),
            disk.checkpointed(),
            disk.parent()));
  }

  private SurveyedDisk whole(BackupDisk full) {
    LeafLoads loads = new LeafLoads(full.sizeBytes());
    DirtyRanges ranges = new DirtyRanges(full.sizeBytes(), loads::add);
    ranges.add(0, full.sizeBytes());
    ranges.finish();
    return cut(full, loads);
  }

  private SurveyedDisk cut(BackupDisk asRead, LeafLoads loads) {
    return new SurveyedDisk(
        asRead,
        ShardCutter.byLoad(
            asRead.sizeBytes(),
            loads.perLeaf(),
            bench.config().shards().backupBytesOf(loads.total())),
        loads.total());
  }

  private long seed() {
    return 31L * backupId.hashCode() + disk.target().hashCode();
  }
}

package io.tidemark.extractor;

import io.tidemark.events.Event;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.RestoreTargetReady;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Cuts a restore into shards. Event loop only. */
final class RestoreSurvey {

  private final ExtractorConfig config;
  private final Announcements announcements;

  RestoreSurvey(ExtractorConfig config, Announcements announcements) {
    this.config = config;
    this.announcements = announcements;
  }

  /**
   * Publishes the shards, then the plan.
   *
   * @return completes when that is published
   */
  Future<Void> run(RestoreTargetReady ready) {
    Cut cut = new Cut();
    Map<RestoreTarget, List<ByteRange>> disks = new LinkedHashMap<>();
    for (RestoreTarget target : ready.targets()) {
      long size = target.disk().sizeBytes();
      List<ByteRange> ranges = ShardCutter.evenly(size, config.shards().restoreBytesOf(size));
      disks.put(target, ranges);
      cut.add(target.disk().target(), target.disk().root(), ranges);
    }
    return publish(ready, disks, cut.name());
  }

  private Future<Void> publish(
      RestoreTargetReady ready, Map<RestoreTarget, List<ByteRange>> disks, String cut) {
    List<Event> shards = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (RestoreTarget target : ready.targets()) {
      List<ByteRange> ranges = disks.get(target);
      counts.put(target.disk().target(), ranges.size());
      for (int index = 0; index < ranges.size(); index++) {
        ByteRange range = ranges.get(index);
        shards.add(
            new RestoreShardPlanned(
                ready.restoreId(),
                index,
                range.offset(),
                range.lengthBytes(),
                target,
                Optional.of(ready.hypervisor()),
                0,
                Optional.of(cut),
                Optional.empty()));
      }
    }
    RestoreShardsPlanned plan =
        new RestoreShardsPlanned(ready.restoreId(), counts, Optional.of(cut));
    return announcements.all(shards).compose(done -> announcements.one(plan));
  }
}

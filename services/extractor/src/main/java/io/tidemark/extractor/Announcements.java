package io.tidemark.extractor;

import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.Event;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.ShardEvent;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.ShardRestored;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.events.ShardsWaiting;
import io.tidemark.events.ShardsWanted;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/**
 * Publishes what this service has to say, the same fact always under the same id. Event loop only.
 */
final class Announcements {

  private static final int BATCH = 64;

  private final Events events;

  Announcements(Events events) {
    this.events = events;
  }

  /** Completes when the event is published. */
  Future<Void> one(Event event) {
    return events.publish(id(event), event);
  }

  /** Completes when all are published; so many at a time that memory stays flat. */
  Future<Void> all(List<? extends Event> facts) {
    if (facts.isEmpty()) {
      return Future.succeededFuture();
    }
    int now = Math.min(BATCH, facts.size());
    return Future.all(facts.subList(0, now).stream().map(this::one).toList())
        .compose(done -> all(facts.subList(now, facts.size())));
  }

  private static String id(Event event) {
    return switch (event) {
      case BackupShardPlanned shard -> shard.key() + "/planned";
      case RestoreShardPlanned shard -> shard.key() + "/planned";
      case ShardFailed failed -> failed.key() + "/failed";
      case ShardsPlanned plan -> plan.backupId() + "/planned";
      case RestoreShardsPlanned plan -> plan.restoreId() + "/planned";
      case ShardExtracted done ->
          ShardEvent.shardId(done.backupId(), done.target(), done.cut(), done.index())
              + "/extracted";
      case ShardRestored done ->
          ShardEvent.shardId(done.restoreId(), done.target(), done.cut(), done.index())
              + "/restored";
      case ShardProgress progress -> UUID.randomUUID().toString();
      case ShardsWaiting waiting -> UUID.randomUUID().toString();
      case ShardsWanted wanted -> UUID.randomUUID().toString();
      default -> throw new IllegalArgumentException("not an extractor's event: " + event);
    };
  }
}

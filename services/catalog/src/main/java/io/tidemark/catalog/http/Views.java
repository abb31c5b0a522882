package io.tidemark.catalog.http;

import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.ShownDomain;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.Progress;
import io.tidemark.catalog.point.DamagedRange;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointChanges;
import io.tidemark.catalog.point.PointDisk;
import io.tidemark.catalog.point.PointState;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.Words;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Things as the API shows them: sizes in bytes, times ISO 8601 UTC, null for what isn't there. */
final class Views {
  private Views() {}

  /** A page of a list; {@code name} is what its items are called. */
  static JsonObject page(String name, Page<JsonObject> page) {
    return new JsonObject()
        .put(name, new JsonArray(page.items()))
        .put("next", page.next().orElse(null));
  }

  static JsonObject vm(ShownDomain shown) {
    Domain domain = shown.domain();
    return new JsonObject()
        .put("name", domain.name())
        .put("uuid", domain.uuid())
        .put("hypervisor", domain.hypervisor())
        .put("state", domain.state())
        .put("protection", Words.of(shown.protection()))
        .put("disks", domain.disks())
        .put("lastPoint", shown.lastPoint().map(Views::lastPoint).orElse(null));
  }

  static JsonArray points(List<Point> points) {
    return new JsonArray(points.stream().map(Views::point).toList());
  }

  static JsonObject point(Point point) {
    return new JsonObject()
        .put("id", point.id())
        .put("vm", point.vm())
        .put("vmUuid", point.domainUuid())
        .put("hypervisor", point.hypervisor())
        .put("parent", point.parent().orElse(null))
        .put("kind", Words.of(point.kind()))
        .put("state", state(point.state()))
        .put("consistency", point.consistency())
        .put("checkpoint", point.checkpoint().orElse(null))
        .put("createdAt", point.createdAt().toString())
        .put("sealedAt", point.sealedAt().toString())
        .put("durationMillis", Duration.between(point.createdAt(), point.sealedAt()).toMillis())
        .put("verifiedAt", time(point.verifiedAt()))
        .put("disks", new JsonArray(point.disks().stream().map(Views::disk).toList()))
        .put("damage", new JsonArray(point.damage().stream().map(Views::damage).toList()));
  }

  private static JsonObject damage(DamagedRange range) {
    return new JsonObject()
        .put("target", range.target())
        .put("offset", range.offset())
        .put("lengthBytes", range.lengthBytes())
        .put("reason", range.reason());
  }

  static JsonObject job(Job job, Progress progress, Optional<Point> made) {
    return new JsonObject()
        .put("id", job.id())
        .put("type", Words.of(job.type()))
        .put("vm", job.vm())
        .put("state", Words.of(job.state()))
        .put("stage", job.stage())
        .put("reason", job.reason().orElse(null))
        .put("createdAt", job.createdAt().toString())
        .put("endedAt", time(job.endedAt()))
        .put("progress", progress(progress))
        .put("result", made.map(Views::point).or(job::result).orElse(null));
  }

  private static JsonObject progress(Progress progress) {
    return new JsonObject()
        .put("doneBytes", progress.doneBytes())
        .put("totalBytes", progress.totalBytes())
        .put("bytesPerSecond", progress.bytesPerSecond())
        .put("secondsLeft", progress.secondsLeft().orElse(null));
  }

  static JsonObject changes(Point point, String target, PointChanges changes) {
    return new JsonObject()
        .put("point", point.id())
        .put("parent", point.parent().orElse(null))
        .put("target", target)
        .put("sizeBytes", point.disk(target).orElseThrow().sizeBytes())
        .put("bucketBytes", changes.bucketBytes())
        .put("exact", changes.exact())
        .put("changedBytes", new JsonArray(changes.changedBytes()));
  }

  /** A time, or null. */
  static String time(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(null);
  }

  private static JsonObject lastPoint(ShownDomain.LastPoint point) {
    return new JsonObject()
        .put("id", point.id())
        .put("kind", point.kind())
        .put("createdAt", point.createdAt().toString());
  }

  private static JsonObject disk(PointDisk disk) {
    return new JsonObject()
        .put("target", disk.target())
        .put("sizeBytes", disk.sizeBytes())
        .put("readBytes", disk.readBytes())
        .put("changedBytes", disk.changedBytes())
        .put("zeroBytes", disk.zeroBytes())
        .put("storedBytes", disk.storedBytes())
        .put("mode", Words.of(disk.mode()))
        .put("reason", disk.reason().orElse(null));
  }

  private static String state(PointState state) {
    return Words.of(state == PointState.FORGETTING ? PointState.FORGOTTEN : state);
  }
}

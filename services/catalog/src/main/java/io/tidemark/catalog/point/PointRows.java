package io.tidemark.catalog.point;

import io.tidemark.catalog.store.Words;
import io.tidemark.events.DiskMode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads points from rows. */
final class PointRows {
  private PointRows() {}

  static List<Point> points(List<Row> points, RowSet<Row> disks) {
    Map<String, List<PointDisk>> disksOf = new HashMap<>();
    disks.forEach(row ->
        disksOf.computeIfAbsent(row.getString("point_id"), id -> new ArrayList<>()).add(disk(row)));
    return points.stream()
        .map(row -> point(row, disksOf.getOrDefault(row.getString("id"), List.of())))
        .toList();
  }

  private static Point point(Row row, List<PointDisk> disks) {
    return new Point(
        row.getString("id"),
        row.getString("domain_uuid"),
        row.getString("vm"),
        row.getString("hypervisor"),
        Optional.ofNullable(row.getString("parent")),
        Words.parse(DiskMode.class, row.getString("kind")),
        Words.parse(PointState.class, row.getString("state")),
        row.getString("consistency"),
        Optional.ofNullable(row.getString("checkpoint")),
        row.getString("domain_xml"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("sealed_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("verified_at")).map(OffsetDateTime::toInstant),
        disks,
        damage(row));
  }

  private static List<DamagedRange> damage(Row row) {
    return Optional.ofNullable(row.getJsonArray("damage")).orElseGet(JsonArray::new).stream()
        .map(JsonObject.class::cast)
        .map(range ->
            new DamagedRange(
                range.getString("target"),
                range.getLong("offset"),
                range.getLong("lengthBytes"),
                range.getString("reason")))
        .toList();
  }

  private static PointDisk disk(Row row) {
    return new PointDisk(
        row.getString("target"),
        row.getLong("size_bytes"),
        row.getString("root"),
        row.getBoolean("checkpointed"),
        Words.parse(DiskMode.class, row.getString("mode")),
        Optional.ofNullable(row.getString("reason")),
        row.getString("source"),
        row.getString("format"),
        row.getLong("read_bytes"),
        row.getLong("changed_bytes"),
        row.getLong("zero_bytes"),
        row.getLong("stored_bytes"));
  }
}

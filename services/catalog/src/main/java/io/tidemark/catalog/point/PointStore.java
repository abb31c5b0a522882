package io.tidemark.catalog.point;

import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The tables of restore points, their disks and packs: reading, and adding what is sealed. */
public final class PointStore {
  private static final String INSERT =
      """
      insert into point (id, domain_uuid, vm, hypervisor, parent, kind, state, consistency,
        checkpoint, domain_xml, created_at, sealed_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      on conflict (id) do update set parent = excluded.parent, kind = excluded.kind,
        state = excluded.state, consistency = excluded.consistency,
        checkpoint = excluded.checkpoint, domain_xml = excluded.domain_xml,
        created_at = excluded.created_at, sealed_at = excluded.sealed_at
      where point.state = 'forgotten'\
      """;
  private static final String INSERT_DISK =
      """
      insert into point_disk (point_id, target, position, size_bytes, root, checkpointed, mode,
        reason, source, format, read_bytes, changed_bytes, zero_bytes, stored_bytes)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
      on conflict do nothing\
      """;
  private static final String INSERT_PACK =
      """
      insert into pack (id, raw_bytes, stored_bytes) values ($1, $2, $3)
      on conflict (id) do update set raw_bytes = coalesce(pack.raw_bytes, excluded.raw_bytes),
        stored_bytes = coalesce(pack.stored_bytes, excluded.stored_bytes)\
      """;
  private static final String REFER =
      "insert into point_pack (point_id, pack_id) select $1, unnest($2::text[])"
          + " on conflict do nothing";
  private static final String BUILDABLE =
      """
      select * from point where domain_uuid = $1 and state = 'sealed' and id <> all($2)
        and id not in (select point_id from damaged_heritage($1))
      """;
  private static final String NEWEST = "order by created_at desc, id limit 1 for share";

  /** All disks that there were then, or at least those that are wanted now. */
  private static final String COVERING =
      """
        and (not exists (select from backup where backup.id = point.id and disks <> '{}')
          or $3 <@ array(select target from point_disk where point_id = point.id))
      """;

  private static final String PRESENT = "state in ('sealed', 'damaged')";
  private static final String NEWEST_FIRST = " order by created_at desc, id desc";

  /**
   * The point that the domain's next backup builds on; held until the transaction ends. A backup of
   * some disks only is passed over if it lacks one that is wanted now: that disk would have nothing
   * to be compared with, and all of it be stored again. If every point is such, it is the newest.
   */
  public Future<Optional<Point>> parentFor(
      SqlClient transaction, String domainUuid, List<String> wanted, Collection<String> except) {
    String[] others = except.toArray(String[]::new);
    return select(
            transaction,
            BUILDABLE + COVERING + NEWEST,
            Tuple.of(domainUuid, others, wanted.toArray(String[]::new)))
        .compose(covering ->
            covering.isEmpty()
                ? select(transaction, BUILDABLE + NEWEST, Tuple.of(domainUuid, (Object) others))
                : Future.succeededFuture(covering))
        .map(points -> points.stream().findFirst());
  }

  /** The point of exactly that id, in any state. */
  public Future<Optional<Point>> get(SqlClient client, String id) {
    return select(client, "select * from point where id = $1", Tuple.of(id))
        .map(points -> points.stream().findFirst());
  }

  /** The points of these ids, in any state. */
  public Future<List<Point>> get(SqlClient client, Collection<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture(List.of())
        : select(
            client, "select * from point where id = any($1)", Tuple.of(ids.toArray(String[]::new)));
  }

  /** Points whose id begins so, at most two: enough to know whether it is one. */
  public Future<List<Point>> byPrefix(SqlClient client, String prefix) {
    return select(
        client,
        // Ids are hexadecimal digits and hyphens, all before the tilde: an index finds them.
        "select * from point where id ~>=~ $1 and id ~<~ ($1 || '~') and state <> 'forgetting'"
            + " limit 2",
        Tuple.of(prefix));
  }

  /** A point that is there, and the VM that it is of. */
  public record Present(String id, String vm) {}

  /** Every point that is there, newest first: only what tells them apart, there may be many. */
  public Future<List<Present>> present(SqlClient client) {
    return present(client, "true", Tuple.tuple());
  }

  /** Those of these ids that are there. */
  public Future<List<Present>> present(SqlClient client, Collection<String> ids) {
    return present(client, "id = any($1)", Tuple.of(ids.toArray(String[]::new)));
  }

  private static Future<List<Present>> present(SqlClient client, String which, Tuple arguments) {
    return client
        .preparedQuery("select id, vm from point where " + which + " and " + PRESENT + NEWEST_FIRST)
        .execute(arguments)
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Present(row.getString(0), row.getString(1)))
                .toList());
  }

  /** The newest points of a domain that are there, newest first. */
  public Future<List<Point>> newestOf(SqlClient client, String domainUuid, int limit) {
    return select(
        client,
        "select * from point where domain_uuid = $1 and " + PRESENT + NEWEST_FIRST + " limit $2",
        Tuple.of(domainUuid, limit));
  }

  /** A page of the points that are wanted, newest first. */
  public Future<Page<Point>> page(
      SqlClient client, PointFilter filter, Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending(
                "select * from point",
                new PageQuery.Column("created_at", OffsetDateTime.class),
                new PageQuery.Column("id", String.class))
            .where(filter.state().map(PointStore::inState).orElse(PRESENT))
            .where("domain_uuid = ?", filter.domainUuid())
            .where("created_at >= ?", filter.from())
            .where("created_at < ?", filter.to())
            .after(cursor);
    // Words of the program's own, so that partial indexes fit.
    filter.kind().ifPresent(kind -> query.where("kind = '" + Words.of(kind) + "'"));
    return query
        .run(client, limit, row -> row)
        .compose(page -> withDisks(client, page.items()).map(page::with));
  }

  /** The ids of points in that state. */
  public Future<List<String>> ids(SqlClient client, PointState state) {
    return client
        .preparedQuery("select id from point where state = $1 order by id")
        .execute(Tuple.of(Words.of(state)))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }

  /**
   * Adds a point, its disks and the packs that it has brought along. Those that it shares with its
   * parent are known by that.
   */
  public Future<Void> add(SqlClient transaction, Point point, List<PackRow> packs) {
    return transaction
        .preparedQuery(INSERT)
        .execute(row(point))
        .compose(inserted -> addDisks(transaction, point))
        .compose(inserted -> addPacks(transaction, point.id(), packs))
        .mapEmpty();
  }

  private static Future<Void> addDisks(SqlClient transaction, Point point) {
    List<Tuple> rows = new ArrayList<>();
    for (PointDisk disk : point.disks()) {
      rows.add(
          Tuple.wrap(
              java.util.Arrays.asList(
                  point.id(),
                  disk.target(),
                  rows.size(),
                  disk.sizeBytes(),
                  disk.root(),
                  disk.checkpointed(),
                  Words.of(disk.mode()),
                  disk.reason().orElse(null),
                  disk.source(),
                  disk.format(),
                  disk.readBytes(),
                  disk.changedBytes(),
                  disk.zeroBytes(),
                  disk.storedBytes())));
    }
    return rows.isEmpty()
        ? Future.succeededFuture()
        : transaction.preparedQuery(INSERT_DISK).executeBatch(rows).mapEmpty();
  }

  private static Future<Void> addPacks(SqlClient transaction, String id, List<PackRow> packs) {
    if (packs.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Tuple> rows = packs.stream().map(PackRow::tuple).toList();
    String[] ids = packs.stream().map(PackRow::id).toArray(String[]::new);
    return transaction
        .preparedQuery(INSERT_PACK)
        .executeBatch(rows)
        .compose(added -> transaction.preparedQuery(REFER).execute(Tuple.of(id, (Object) ids)))
        .mapEmpty();
  }

  private static Tuple row(Point point) {
    return Tuple.wrap(
        java.util.Arrays.asList(
            point.id(),
            point.domainUuid(),
            point.vm(),
            point.hypervisor(),
            point.parent().orElse(null),
            Words.of(point.kind()),
            Words.of(point.state()),
            point.consistency(),
            point.checkpoint().orElse(null),
            point.domainXml(),
            point.createdAt().atOffset(ZoneOffset.UTC),
            point.sealedAt().atOffset(ZoneOffset.UTC)));
  }

  private static String inState(PointState state) {
    return "state = '" + Words.of(state) + "'";
  }

  private static Future<List<Point>> select(SqlClient client, String sql, Tuple arguments) {
    return client
        .preparedQuery(sql)
        .execute(arguments)
        .compose(points ->
            withDisks(client, StreamSupport.stream(points.spliterator(), false).toList()));
  }

  private static Future<List<Point>> withDisks(SqlClient client, List<Row> points) {
    if (points.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    String[] ids = points.stream().map(row -> row.getString("id")).toArray(String[]::new);
    return client
        .preparedQuery("select * from point_disk where point_id = any($1) order by position")
        .execute(Tuple.of(ids))
        .map(disks -> PointRows.points(points, disks));
  }
}

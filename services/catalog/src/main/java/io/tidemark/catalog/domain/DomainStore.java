package io.tidemark.catalog.domain;

import io.tidemark.catalog.store.Words;
import io.tidemark.events.DiskDescription;
import io.tidemark.events.DomainDescription;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.StreamSupport;

/** The table of domains. */
public final class DomainStore {
  private static final String COLUMNS = "uuid, hypervisor, name, state, gone, disks";
  private static final String UPSERT =
      """
      insert into domain (uuid, hypervisor, name, state, gone, disks, seen_at)
      values ($1, $2, $3, $4, false, $5, $6)
      on conflict (uuid) do update set hypervisor = excluded.hypervisor, name = excluded.name,
        state = excluded.state, gone = false, disks = excluded.disks, seen_at = excluded.seen_at
      where domain.seen_at <= excluded.seen_at\
      """;
  private static final String GONE =
      "update domain set gone = true, seen_at = $2"
          + " where uuid = $1 and hypervisor = $3 and seen_at <= $2";

  /** A domain known from its restore points alone; older than anything the inventory says. */
  private static final String REMEMBER =
      """
      insert into domain (uuid, hypervisor, name, state, gone, seen_at)
      values ($1, $2, $3, 'shut-off', true, 'epoch') on conflict do nothing\
      """;

  private static final String FIND =
      "select " + COLUMNS + " from domain where uuid = lower($1) or name = $1 order by gone, uuid";
  private static final String LOCK =
      "select " + COLUMNS + " from domain where uuid = $1 for no key update";

  /** Takes in what the inventory says. */
  public Future<Void> seen(
      SqlClient client, String hypervisor, DomainDescription domain, Instant when) {
    JsonArray disks = new JsonArray();
    domain.disks().forEach(disk -> disks.add(json(disk)));
    return client
        .preparedQuery(UPSERT)
        .execute(
            Tuple.of(
                domain.uuid(),
                hypervisor,
                domain.name(),
                Words.of(domain.state()),
                disks,
                when.atOffset(ZoneOffset.UTC)))
        .mapEmpty();
  }

  /**
   * The domain is no longer defined on that hypervisor; its points stay. Nothing happens if it was
   * seen on another one: it has moved there.
   */
  public Future<Void> gone(SqlClient client, String hypervisor, String uuid, Instant when) {
    OffsetDateTime time = when.atOffset(ZoneOffset.UTC);
    return client.preparedQuery(GONE).execute(Tuple.of(uuid, time, hypervisor)).mapEmpty();
  }

  /** Makes sure that there is a row for a domain that only restore points speak of. */
  public Future<Void> remember(SqlClient client, String uuid, String hypervisor, String name) {
    return client.preparedQuery(REMEMBER).execute(Tuple.of(uuid, hypervisor, name)).mapEmpty();
  }

  /** The domains of that name or UUID, those that are still defined first. */
  public Future<List<Domain>> find(SqlClient client, String nameOrUuid) {
    return client.preparedQuery(FIND).execute(Tuple.of(nameOrUuid)).map(DomainStore::domains);
  }

  /** The names of the hypervisors that domains are on. */
  public Future<List<String>> hypervisors(SqlClient client) {
    return client
        .query("select distinct hypervisor from domain where not gone order by 1")
        .execute()
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }

  /** Reads a domain and holds its row until the transaction ends. */
  public Future<Domain> lock(SqlClient transaction, String uuid) {
    return transaction
        .preparedQuery(LOCK)
        .execute(Tuple.of(uuid))
        .map(rows -> domain(rows.iterator().next()));
  }

  private static List<Domain> domains(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(DomainStore::domain).toList();
  }

  static Domain domain(Row row) {
    boolean gone = row.getBoolean("gone");
    return new Domain(
        row.getString("uuid"),
        row.getString("hypervisor"),
        row.getString("name"),
        gone ? "gone" : row.getString("state"),
        gone,
        row.getJsonArray("disks"));
  }

  private static JsonObject json(DiskDescription disk) {
    return new JsonObject()
        .put("target", disk.target())
        .put("source", disk.source())
        .put("format", disk.format())
        .put("sizeBytes", disk.sizeBytes())
        .put("protection", Words.of(disk.protection()))
        .put("reason", disk.reason())
        .put("metadataImage", disk.metadataImage().orElse(null));
  }
}

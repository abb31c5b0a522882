package io.tidemark.catalog.domain;

import io.tidemark.catalog.domain.ShownDomain.LastPoint;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The domains as they are shown: each with its last restore point and how protected it is. */
public final class DomainList {
  /** {@link VmProtection}, by the age that the settings say. */
  private static final String PROTECTION =
      """
      case when last_point_id is null then 'unprotected'
        when disks_protected and last_point_state = 'sealed' and last_point_at >= clock_timestamp()
          - make_interval(hours => (select at_risk_after_hours from setting)) then 'protected'
        else 'at-risk' end\
      """;

  private static final String SELECT =
      "select uuid, hypervisor, name, state, gone, disks, last_point_id, last_point_kind,"
          + " last_point_at, "
          + PROTECTION
          + " as protection from domain";
  private static final String COUNT =
      """
      select count(*) filter (where protection = 'protected') as protected,
        count(*) filter (where protection = 'at-risk') as at_risk,
        count(*) filter (where protection = 'unprotected') as unprotected,
        max(last_point_at) as newest, min(last_point_at) as oldest,
        (select at_risk_after_hours from setting) as hours
      from (select last_point_at, %s as protection from domain where not gone) shown\
      """
          .formatted(PROTECTION);
  private static final String HYPERVISORS =
      """
      select hypervisor, count(*) filter (where not gone) as vms, max(seen_at) as seen
      from domain where seen_at > 'epoch' group by hypervisor order by hypervisor\
      """;

  /**
   * How many domains that are defined are protected how.
   *
   * @param newest when the newest restore point was made
   * @param oldest when the domain that was backed up longest ago was
   */
  public record Counts(
      long isProtected,
      long atRisk,
      long unprotected,
      int atRiskAfterHours,
      Optional<Instant> newest,
      Optional<Instant> oldest) {}

  /** A hypervisor, and when its inventory last said something. */
  public record HypervisorCount(String name, long vms, Optional<Instant> lastSeen) {}

  /** A page of the domains that are defined or have restore points, by name. */
  public Future<Page<ShownDomain>> page(
      SqlClient client,
      Optional<VmProtection> protection,
      Optional<String> nameContains,
      Optional<String> cursor,
      int limit) {
    return PageQuery.ascending(
            SELECT,
            new PageQuery.Column("gone", Boolean.class),
            new PageQuery.Column("name", String.class),
            new PageQuery.Column("uuid", String.class))
        .where("not gone or last_point_id is not null")
        .where("strpos(lower(name), lower(?)) > 0", nameContains)
        .where(PROTECTION + " = ?", protection.map(Words::of))
        .after(cursor)
        .run(client, limit, DomainList::shown);
  }

  /** One domain. */
  public Future<Optional<ShownDomain>> get(SqlClient client, String uuid) {
    return client
        .preparedQuery(SELECT + " where uuid = $1")
        .execute(Tuple.of(uuid))
        .map(rows -> Database.first(rows, DomainList::shown));
  }

  /** How many are protected how. */
  public Future<Counts> count(SqlClient client) {
    return client
        .preparedQuery(COUNT)
        .execute()
        .map(rows -> {
          Row row = rows.iterator().next();
          return new Counts(
              row.getLong("protected"),
              row.getLong("at_risk"),
              row.getLong("unprotected"),
              row.getInteger("hours"),
              instant(row, "newest"),
              instant(row, "oldest"));
        });
  }

  /** The hypervisors that domains are or were on. */
  public Future<List<HypervisorCount>> hypervisors(SqlClient client) {
    return client
        .preparedQuery(HYPERVISORS)
        .execute()
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row ->
                    new HypervisorCount(
                        row.getString("hypervisor"), row.getLong("vms"), instant(row, "seen")))
                .toList());
  }

  private static ShownDomain shown(Row row) {
    Optional<LastPoint> last =
        instant(row, "last_point_at")
            .map(at ->
                new LastPoint(
                    row.getString("last_point_id"), row.getString("last_point_kind"), at));
    return new ShownDomain(
        DomainStore.domain(row),
        Words.parse(VmProtection.class, row.getString("protection")),
        last);
  }

  private static Optional<Instant> instant(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }
}

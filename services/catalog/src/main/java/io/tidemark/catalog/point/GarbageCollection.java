package io.tidemark.catalog.point;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.VaultState.Condition;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.GarbageCollector;
import io.tidemark.repository.GarbagePlan;
import io.tidemark.repository.LiveSlots;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.Repository;
import io.tidemark.repository.RepositoryException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what no restore point needs, beside everything else that goes on. One row of the
 * database is held all the while, so that no point is forgotten and nobody else collects; should
 * that hold be lost, what was decided is still right, see {@link GarbageCollector}.
 */
public final class GarbageCollection {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageCollection.class);

  private static final String RESIZE =
      "update pack set raw_bytes = $2, stored_bytes = $3 where id = $1";

  private static final String WITHDRAWN =
      """
      select id from job where id = any($1) and type = 'backup' and state = 'failed'
      and not exists (select from point where point.id = job.id and point.state <> 'forgotten')\
      """;

  private static final String HELD_BY_ANOTHER = "55P03";

  private final Database database;
  private final Vault vault;

  public GarbageCollection(Database database, Vault vault) {
    this.database = database;
    this.vault = vault;
  }

  /**
   * What a collection came to, or would.
   *
   * @param packs how many packs there were
   * @param deletedPacks packs that nothing needed
   * @param deletedBytes what they took
   * @param compactedPacks packs that were rewritten without what nothing needed
   * @param compactedBytes what that gave back
   * @param waitingPacks packs that may belong to backups that run
   * @param damagedPacks packs that could not be rewritten, because something needed in them is
   *     damaged
   */
  public record Report(
      boolean dryRun,
      int packs,
      int deletedPacks,
      long deletedBytes,
      int compactedPacks,
      long compactedBytes,
      int waitingPacks,
      List<String> damagedPacks) {
    public Report {
      damagedPacks = List.copyOf(damagedPacks);
    }
  }

  /**
   * Collects.
   *
   * @param dryRun whether only to say what would be done
   * @return fails with a {@link Refusal} when the repository is not as it should be or another
   *     collection runs, or when it can't be told what is needed; then nothing was deleted
   */
  public Future<Report> run(boolean dryRun) {
    // A point that is missing needs its packs when it turns up again.
    return vault
        .checkAll()
        .compose(state ->
            state.condition() == Condition.OK
                ? database.inTransaction(
                    transaction -> hold(transaction).compose(held -> collect(transaction, dryRun)))
                : Future.failedFuture(
                    new Refusal(
                        Refusal.Kind.CONFLICT,
                        "Nothing was deleted, because the repository is not as it should be: "
                            + state.detail())))
        .recover(failure ->
            failure instanceof RepositoryException
                ? Future.failedFuture(
                    new Refusal(
                        Refusal.Kind.CONFLICT,
                        "Not everything that says what is needed can be read: "
                            + failure.getMessage()))
                : Future.failedFuture(failure))
        .onSuccess(report ->
            LOG.info(
                "Garbage was collected: {} packs deleted, {} rewritten, {} bytes freed [dry run: {}]",
                report.deletedPacks(),
                report.compactedPacks(),
                report.deletedBytes() + report.compactedBytes(),
                dryRun));
  }

  /**
   * Keeps collections away until the transaction ends.
   *
   * @return fails with a {@link Refusal} while one runs
   */
  public static Future<Void> beside(SqlConnection transaction) {
    return unlessHeld(
        transaction.query("select runs from maintenance for share nowait").execute().mapEmpty());
  }

  private static Future<Void> hold(SqlConnection transaction) {
    return unlessHeld(
        transaction
            .query("select runs from maintenance for update nowait")
            .execute()
            .compose(held -> transaction.query("update maintenance set runs = runs + 1").execute())
            .mapEmpty());
  }

  private static Future<Void> unlessHeld(Future<Void> locked) {
    return locked.recover(failure ->
        failure instanceof PgException error && HELD_BY_ANOTHER.equals(error.getSqlState())
            ? Future.failedFuture(
                new Refusal(
                    Refusal.Kind.CONFLICT,
                    "Garbage is being collected, or points are being forgotten: try again in"
                        + " a moment."))
            : Future.failedFuture(failure));
  }

  /** In the order that {@link GarbagePlan} asks for. */
  private Future<Report> collect(SqlConnection transaction, boolean dryRun) {
    return vault
        .run(repository -> new GarbageCollector(repository).packs())
        .compose(there ->
            (dryRun ? Future.<Void>succeededFuture() : withdrawFailed(transaction))
                .compose(withdrawn -> known(transaction))
                .compose(known ->
                    vault
                        .run(repository -> new GarbageCollector(repository).mark())
                        .compose(live -> act(transaction, there, known, live, dryRun))));
  }

  /**
   * A manifest of a backup that failed is no restore point: a killed catalog may leave one. Unless
   * a rebuild has taken it up meanwhile: the manifest is whole, and the catalog lists the point.
   */
  private Future<Void> withdrawFailed(SqlConnection transaction) {
    return vault
        .run(Repository::pointIds)
        .compose(ids ->
            transaction
                .preparedQuery(WITHDRAWN)
                .execute(Tuple.tuple().addArrayOfString(ids.toArray(String[]::new))))
        .compose(rows ->
            vault.<Void>run(repository -> {
              rows.forEach(row -> repository.forget(row.getString(0)));
              return null;
            }));
  }

  private static Future<Known> known(SqlConnection transaction) {
    Set<PackId> sealed = new HashSet<>();
    Set<String> running = new HashSet<>();
    Map<PackId, Set<String>> suspects = new HashMap<>();
    // One statement, one instant.
    return transaction
        .query(
            """
            select 'pack' as kind, id, null::text[] as backups from pack
            union all
            select 'backup', id, null from job
              where type = 'backup' and state in ('queued', 'running')
            union all
            select 'suspect', pack, backups from garbage_suspect\
            """)
        .execute()
        .map(rows -> {
          rows.forEach(row -> {
            String id = row.getString("id");
            switch (row.getString("kind")) {
              case "pack" -> sealed.add(PackId.parse(id));
              case "backup" -> running.add(id);
              default -> suspects.put(PackId.parse(id), Set.of(row.getArrayOfStrings("backups")));
            }
          });
          return new Known(sealed, running, suspects);
        });
  }

  private Future<Report> act(
      SqlConnection transaction,
      Map<PackId, Long> there,
      Known known,
      LiveSlots live,
      boolean dryRun) {
    GarbagePlan plan =
        GarbagePlan.of(there.keySet(), live, known.sealed(), known.running(), known.suspects());
    GarbageWork work = new GarbageWork(there, live, plan, dryRun);
    return vault
        .run(work::run)
        .compose(done ->
            dryRun
                ? Future.succeededFuture(done.report())
                : record(transaction, plan, gone(there, known, live))
                    .compose(recorded -> resize(transaction, done.rewritten()))
                    .map(done.report()));
  }

  /** Packs that the database still knows after a collection that was killed had deleted them. */
  private static Set<PackId> gone(Map<PackId, Long> there, Known known, LiveSlots live) {
    Set<PackId> gone = new HashSet<>(known.sealed());
    gone.removeAll(there.keySet());
    gone.removeAll(live.packs());
    return gone;
  }

  private static Future<Void> record(
      SqlConnection transaction, GarbagePlan plan, Set<PackId> gone) {
    String[] deleted =
        Stream.concat(plan.deletable().stream(), gone.stream())
            .map(PackId::toString)
            .toArray(String[]::new);
    List<Tuple> waiting =
        plan.waiting().entrySet().stream()
            .map(entry ->
                Tuple.of(entry.getKey().toString())
                    .addArrayOfString(entry.getValue().toArray(String[]::new)))
            .toList();
    return transaction
        .preparedQuery("delete from point_pack where pack_id = any($1)")
        .execute(Tuple.tuple().addArrayOfString(deleted))
        .compose(done ->
            transaction
                .preparedQuery("delete from pack where id = any($1)")
                .execute(Tuple.tuple().addArrayOfString(deleted)))
        .compose(done -> transaction.query("delete from garbage_suspect").execute())
        .compose(done ->
            waiting.isEmpty()
                ? Future.succeededFuture()
                : transaction
                    .preparedQuery("insert into garbage_suspect (pack, backups) values ($1, $2)")
                    .executeBatch(waiting))
        .mapEmpty();
  }

  private static Future<Void> resize(SqlConnection transaction, List<PackSummary> rewritten) {
    List<Tuple> sizes =
        rewritten.stream()
            .map(pack -> Tuple.of(pack.id().toString(), pack.rawBytes(), pack.storedBytes()))
            .toList();
    return sizes.isEmpty()
        ? Future.succeededFuture()
        : transaction.preparedQuery(RESIZE).executeBatch(sizes).mapEmpty();
  }

  /** What the database says, of one instant. */
  private record Known(
      Set<PackId> sealed, Set<String> running, Map<PackId, Set<String>> suspects) {}
}

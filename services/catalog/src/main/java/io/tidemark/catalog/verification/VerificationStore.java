package io.tidemark.catalog.verification;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.tidemark.repository.Damage;
import io.tidemark.repository.PackId;
import io.tidemark.repository.Ref;
import io.tidemark.repository.VerifyPlan;
import io.tidemark.repository.VerifyReport;
import io.tidemark.repository.VerifyState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What verifications write: their own rows, and what they say of points and packs. */
final class VerificationStore {
  private static final String VERIFIED =
      "update point set verified_at = clock_timestamp() where id = any($1)";
  private final DamageStore damage = new DamageStore();

  /** What is verified, and how; with how far it has come. */
  record Work(List<String> points, VerifyPlan plan) {}

  Future<Void> insert(
      SqlConnection transaction, String id, Collection<String> points, VerificationRequest how) {
    Tuple arguments =
        Tuple.tuple()
            .addString(id)
            .addArrayOfString(points.toArray(String[]::new))
            .addString(Words.of(how.mode()));
    how.bytesPerSecond().ifPresentOrElse(arguments::addLong, () -> arguments.addLong(null));
    return transaction
        .preparedQuery(
            "insert into verification (id, points, mode, bytes_per_second) values ($1, $2, $3, $4)")
        .execute(arguments)
        .mapEmpty();
  }

  /** What there is to do, from where it was remembered. */
  Future<Work> get(Database database, String id) {
    return database
        .one("select * from verification where id = $1", Tuple.of(id), VerificationStore::work)
        .map(Optional::orElseThrow);
  }

  /** Remembers how far it has come. */
  Future<Void> remember(Database database, String id, VerifyState state) {
    return database
        .query("update verification set state = $2 where id = $1", Tuple.of(id, json(state)))
        .mapEmpty();
  }

  private static Work work(Row row) {
    Long limit = row.getLong("bytes_per_second");
    VerifyPlan plan =
        new VerifyPlan(
            Words.parse(VerifyPlan.Mode.class, row.getString("mode")),
            limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
            Optional.ofNullable(row.getJsonObject("state"))
                .map(VerificationStore::state)
                .orElse(VerifyState.START));
    return new Work(List.of(row.getArrayOfStrings("points")), plan);
  }

  private static JsonObject json(VerifyState state) {
    JsonArray bad = new JsonArray();
    state
        .bad()
        .forEach(each ->
            bad.add(new JsonObject().put("ref", each.ref().toText()).put("reason", each.reason())));
    return new JsonObject()
        .put("lastPack", state.lastPack().map(PackId::toString).orElse(null))
        .put("bad", bad)
        .put("checkedBytes", state.checkedBytes());
  }

  private static VerifyState state(JsonObject json) {
    List<VerifyState.Bad> bad =
        json.getJsonArray("bad").stream()
            .map(JsonObject.class::cast)
            .map(each ->
                new VerifyState.Bad(Ref.parse(each.getString("ref")), each.getString("reason")))
            .toList();
    return new VerifyState(
        Optional.ofNullable(json.getString("lastPack")).map(PackId::parse),
        bad,
        json.getLong("checkedBytes"));
  }

  /** Marks what the report says of the points that were looked at, and of their packs. */
  Future<Void> apply(SqlConnection transaction, Work work, VerifyReport report) {
    // A quick look can find damage, but not that there is none.
    List<String> points = work.plan().mode() == VerifyPlan.Mode.FULL ? work.points() : List.of();
    return (points.isEmpty()
            ? Future.<Void>succeededFuture()
            : transaction
                .preparedQuery(VERIFIED)
                .execute(Tuple.tuple().addArrayOfString(points.toArray(String[]::new)))
                .<Void>mapEmpty())
        .compose(done -> damage.apply(transaction, points, report));
  }

  /** The report as the API shows it. */
  static JsonObject result(Work work, VerifyReport report) {
    JsonArray damaged = new JsonArray();
    for (Damage damage : report.damaged()) {
      damaged.add(
          new JsonObject()
              .put("points", new JsonArray(damage.pointIds()))
              .put("target", damage.target())
              .put("offset", damage.offset())
              .put("lengthBytes", damage.lengthBytes())
              .put("pack", damage.pack().map(PackId::toString).orElse(null))
              .put("reason", damage.reason()));
    }
    return new JsonObject()
        .put("ok", report.ok())
        .put("mode", Words.of(work.plan().mode()))
        .put("checkedBytes", report.checkedBytes())
        .put("damaged", damaged);
  }
}

package io.tidemark.catalog.verification;

import io.tidemark.repository.Damage;
import io.tidemark.repository.PackId;
import io.tidemark.repository.VerifyReport;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;

/** What verifications write: their own rows, and what they say of points and packs. */
final class VerificationStore {
  private static final String DAMAGE_POINTS =
      "update point set state = 'damaged' where id = any($1) and state = 'sealed'";
  private static final String CLEAR_POINTS =
      "update point set state = 'sealed' where id = any($1) and state = 'damaged'";
  private static final String VERIFIED =
      "update point set verified_at = clock_timestamp() where id = any($1)";
  private static final String DAMAGE_PACKS = "update pack set damaged = true where id = any($1)";

  /** A pack that no damaged point refers to any more was mended. */
  private static final String CLEAR_PACKS =
      """
      update pack set damaged = false where damaged and not exists (select from point_pack
        join point on point.id = point_id where pack_id = pack.id and point.state = 'damaged')\
      """;

  Future<Void> insert(SqlConnection transaction, String id, Collection<String> points) {
    return transaction
        .preparedQuery("insert into verification (id, points) values ($1, $2)")
        .execute(Tuple.of(id, (Object) points.toArray(String[]::new)))
        .mapEmpty();
  }

  /** Marks what the report says of the points that were looked at, and of their packs. */
  Future<Void> apply(SqlConnection transaction, Collection<String> points, VerifyReport report) {
    List<String> damaged =
        report.damaged().stream().flatMap(damage -> damage.pointIds().stream()).distinct().toList();
    List<String> sound = points.stream().filter(id -> !damaged.contains(id)).toList();
    List<String> packs =
        report.damaged().stream()
            .flatMap(damage -> damage.pack().map(PackId::toString).stream())
            .distinct()
            .toList();
    return update(transaction, VERIFIED, points)
        .compose(done -> update(transaction, DAMAGE_POINTS, damaged))
        .compose(done -> update(transaction, CLEAR_POINTS, sound))
        .compose(done -> update(transaction, DAMAGE_PACKS, packs))
        .compose(done -> transaction.query(CLEAR_PACKS).execute())
        .mapEmpty();
  }

  /** The report as the API shows it. */
  static JsonObject result(VerifyReport report) {
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
        .put("checkedBytes", report.checkedBytes())
        .put("damaged", damaged);
  }

  private static Future<Void> update(
      SqlConnection transaction, String sql, Collection<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture()
        : transaction.preparedQuery(sql).execute(Tuple.of(ids.toArray(String[]::new))).mapEmpty();
  }
}

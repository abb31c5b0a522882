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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down which points and packs are damaged, and what of them is lost. */
final class DamageStore {
  private static final String DAMAGE_POINT =
      """
      update point set state = 'damaged', damage = $2
      where id = $1 and state in ('sealed', 'damaged')\
      """;
  private static final String CLEAR_POINTS =
      """
      update point set state = 'sealed', damage = null where id = any($1) and state = 'damaged'\
      """;
  private static final String DAMAGE_PACKS = "update pack set damaged = true where id = any($1)";

  /** A pack that no damaged point may need any more was mended. */
  private static final String CLEAR_PACKS =
      """
      with recursive line (id, parent) as (
        select id, parent from point where state = 'damaged'
        union
        select point.id, point.parent from line join point on point.id = line.parent)
      update pack set damaged = false where damaged and not exists (
        select from point_pack join line on line.id = point_id where pack_id = pack.id)\
      """;

  /**
   * Marks what the report says.
   *
   * @param sound points of which it is now known whether they are whole
   */
  Future<Void> apply(SqlConnection transaction, Collection<String> sound, VerifyReport report) {
    Map<String, JsonArray> damage = damage(report);
    List<Tuple> damaged =
        damage.entrySet().stream().map(each -> Tuple.of(each.getKey(), each.getValue())).toList();
    List<String> whole = sound.stream().filter(id -> !damage.containsKey(id)).toList();
    List<String> packs =
        report.damaged().stream()
            .flatMap(each -> each.pack().map(PackId::toString).stream())
            .distinct()
            .toList();
    return (damaged.isEmpty()
            ? Future.<Void>succeededFuture()
            : transaction.preparedQuery(DAMAGE_POINT).executeBatch(damaged).<Void>mapEmpty())
        .compose(done -> update(transaction, CLEAR_POINTS, whole))
        .compose(done -> update(transaction, DAMAGE_PACKS, packs))
        .compose(done -> transaction.query(CLEAR_PACKS).execute())
        .mapEmpty();
  }

  /** Of each damaged point its ranges. */
  private static Map<String, JsonArray> damage(VerifyReport report) {
    Map<String, JsonArray> ranges = new HashMap<>();
    for (Damage damage : report.damaged()) {
      for (String point : damage.pointIds()) {
        ranges
            .computeIfAbsent(point, id -> new JsonArray())
            .add(
                new JsonObject()
                    .put("target", damage.target())
                    .put("offset", damage.offset())
                    .put("lengthBytes", damage.lengthBytes())
                    .put("reason", damage.reason()));
      }
    }
    return ranges;
  }

  private static Future<Void> update(
      SqlConnection transaction, String sql, Collection<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture()
        : transaction
            .preparedQuery(sql)
            .execute(Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)))
            .mapEmpty();
  }
}

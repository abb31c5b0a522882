package io.tidemark.catalog.verification;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.GarbageCollection;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.Healer;
import io.tidemark.repository.PackId;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a VM with damaged restore points has been backed up again, mends what the new point has
 * stored again, and says what of the others is lost.
 */
public final class Healing {
  private static final Logger LOG = LoggerFactory.getLogger(Healing.class);

  private static final String DAMAGED =
      "select id from point where domain_uuid = $1 and state = 'damaged' order by id";
  private static final String SUSPECTS =
      "select distinct pack_id from damaged_heritage($1) where point_id = any($2)";
  private static final String SOURCES =
      "select pack_id from heritage($1) join pack on pack.id = pack_id where not pack.damaged";

  private final Database database;
  private final Vault vault;
  private final DamageStore damage = new DamageStore();

  public Healing(Database database, Vault vault) {
    this.database = database;
    this.vault = vault;
  }

  /** Mends with what that new point has stored; fails never, but logs. */
  public Future<Void> after(Point point) {
    return database
        .inTransaction(transaction ->
            ids(transaction, DAMAGED, point.domainUuid())
                .compose(damaged ->
                    damaged.isEmpty()
                        ? Future.<Void>succeededFuture()
                        : GarbageCollection.beside(transaction)
                            .compose(alone -> heal(transaction, point, damaged))))
        .recover(failure -> {
          if (failure instanceof Refusal) {
            LOG.info(
                "Damaged points stay so for now: {} [vm: {}]", failure.getMessage(), point.vm());
          } else {
            LOG.error("Damaged points could not be mended [vm: {}]", point.vm(), failure);
          }
          return Future.succeededFuture();
        });
  }

  private Future<Void> heal(SqlConnection transaction, Point point, List<String> damaged) {
    return Future.all(
            ids(transaction, SUSPECTS, point.domainUuid(), damaged.toArray(String[]::new)),
            ids(transaction, SOURCES, point.id()))
        .compose(found -> {
          Set<PackId> suspects = packs(found.<List<String>>resultAt(0));
          Set<PackId> sources = packs(found.<List<String>>resultAt(1));
          return vault.run(repository -> new Healer(repository).heal(damaged, suspects, sources));
        })
        .compose(healed -> {
          LOG.info(
              "{} damaged blocks were mended, {} ranges stay lost [vm: {}]",
              healed.mendedBlocks(),
              healed.after().damaged().size(),
              point.vm());
          return damage.apply(transaction, damaged, healed.after());
        });
  }

  private static Set<PackId> packs(List<String> ids) {
    Set<PackId> packs = new HashSet<>();
    ids.forEach(id -> packs.add(PackId.parse(id)));
    return packs;
  }

  private static Future<List<String>> ids(
      SqlConnection transaction, String sql, Object... arguments) {
    return transaction
        .preparedQuery(sql)
        .execute(Tuple.from(arguments))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }
}

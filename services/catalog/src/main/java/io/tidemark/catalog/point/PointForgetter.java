package io.tidemark.catalog.point;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/**
 * Forgets restore points: first the row is taken out of use, then the manifest removed, then the
 * row marked so. What is interrupted in between is finished when the point is forgotten again, when
 * the repository is back in order, and at the next start.
 */
public final class PointForgetter {
  private static final String USE =
      """
      select type || ' ' || id from job where state in ('queued', 'running') and (
        exists (select from backup where backup.id = job.id and backup.parent = $1)
        or exists (select from restore where restore.id = job.id and point_id = $1)
        or exists (select from verification where verification.id = job.id and $1 = any(points)))
      limit 1\
      """;

  private final Database database;
  private final Vault vault;

  public PointForgetter(Database database, Vault vault) {
    this.database = database;
    this.vault = vault;
  }

  /**
   * Forgets a point.
   *
   * @return completes when its manifest is gone; fails with a {@link Refusal} when there is no such
   *     point, or a running job needs it
   */
  public Future<Void> forget(String id) {
    return database
        .inTransaction(transaction ->
            GarbageCollection.beside(transaction).compose(allowed -> takeOutOfUse(transaction, id)))
        .compose(taken -> remove(id));
  }

  /** Finishes what was interrupted. */
  public Future<Void> resume() {
    PointStore points = new PointStore();
    return database
        .with(client -> points.ids(client, PointState.FORGETTING))
        .compose(this::removeAll);
  }

  private Future<Void> removeAll(List<String> ids) {
    Future<Void> chain = Future.succeededFuture();
    for (String id : ids) {
      chain = chain.compose(done -> remove(id));
    }
    return chain;
  }

  private Future<Void> remove(String id) {
    return vault
        .<Void>run(repository -> {
          repository.forget(id);
          return null;
        })
        .compose(removed ->
            // Its packs stay known as its own: later points may need them.
            database.with(client -> setState(client, id, PointState.FORGOTTEN)));
  }

  private Future<Void> takeOutOfUse(SqlConnection transaction, String id) {
    return transaction
        .preparedQuery("select state from point where id = $1 for update")
        .execute(Tuple.of(id))
        .map(rows -> Database.first(rows, row -> row.getString(0)))
        .compose(state -> {
          Optional<PointState> now = state.map(word -> Words.parse(PointState.class, word));
          if (now.filter(PointState.FORGETTING::equals).isPresent()) {
            // Nobody uses it any more: only its manifest is left to remove.
            return Future.succeededFuture();
          }
          if (now.filter(PointState::present).isEmpty()) {
            return refuse(
                Refusal.Kind.NOT_FOUND,
                "There is no restore point '" + id + "': it may be forgotten already.");
          }
          return user(transaction, id)
              .compose(user ->
                  user.isPresent()
                      ? refuse(
                          Refusal.Kind.CONFLICT,
                          "Restore point "
                              + id
                              + " is in use by "
                              + user.get()
                              + ": wait until that has ended.")
                      : setState(transaction, id, PointState.FORGETTING));
        });
  }

  private static Future<Optional<String>> user(SqlConnection transaction, String id) {
    return transaction
        .preparedQuery(USE)
        .execute(Tuple.of(id))
        .map(rows -> Database.first(rows, row -> row.getString(0)));
  }

  private static Future<Void> setState(SqlClient transaction, String id, PointState state) {
    return transaction
        .preparedQuery("update point set state = $2 where id = $1")
        .execute(Tuple.of(id, Words.of(state)))
        .mapEmpty();
  }

  private static Future<Void> refuse(Refusal.Kind kind, String reason) {
    return Future.failedFuture(new Refusal(kind, reason));
  }
}

package io.tidemark.catalog.point;

import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.DamagedDataException;
import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import io.tidemark.repository.NoSuchPointException;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.Repository;
import io.tidemark.repository.RepositoryException;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up every restore point that the repository has and the catalog lacks. Deletes nothing. */
public final class Rebuild {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);

  /** A parent that is in neither place any more: only its name is known. */
  private static final String REMEMBER_PARENT =
      """
      insert into point (id, domain_uuid, vm, hypervisor, kind, state, consistency, domain_xml,
        created_at, sealed_at)
      values ($1, $2, $3, $4, 'full', 'forgotten', 'crash', '', $5, $5) on conflict do nothing\
      """;

  private static final String KEPT = "state in ('sealed', 'damaged', 'forgetting')";
  private static final int AT_ONCE = 1000;

  private final Database database;
  private final DomainStore domains;
  private final PointStore points;
  private final Vault vault;

  public Rebuild(Database database, DomainStore domains, PointStore points, Vault vault) {
    this.database = database;
    this.domains = domains;
    this.points = points;
    this.vault = vault;
  }

  /**
   * What a rebuild came to.
   *
   * @param points how many the repository has
   * @param imported how many of them the catalog lacked
   * @param unreadable ids of points whose manifest can't be read
   */
  public record Result(int points, int imported, List<String> unreadable) {
    public Result {
      unreadable = List.copyOf(unreadable);
    }

    private Result with(int more, Found found) {
      return new Result(
          points + more,
          imported + found.imports().size(),
          Stream.concat(unreadable.stream(), found.unreadable().stream()).toList());
    }
  }

  /** Imports what the catalog lacks, some at a time: there may be very many. */
  public Future<Result> run() {
    return vault
        .run(Repository::pointIds)
        .compose(ids -> from(ids, 0, new Result(0, 0, List.of())));
  }

  /** The same, if the catalog has no point at all: after the loss of its database. */
  public Future<Void> runIfEmpty() {
    return database
        .one("select 1 from point where " + KEPT + " limit 1", Tuple.tuple(), row -> true)
        .compose(any ->
            any.isEmpty() && vault.state().usable()
                ? run().onSuccess(Rebuild::logImported).mapEmpty()
                : Future.succeededFuture());
  }

  private Future<Result> from(List<String> ids, int first, Result before) {
    if (first == ids.size()) {
      return Future.succeededFuture(before);
    }
    int end = Math.min(first + AT_ONCE, ids.size());
    return lacking(ids.subList(first, end))
        .compose(lacking -> vault.run(repository -> read(repository, lacking)))
        .compose(found -> importAll(found.imports()).map(done -> before.with(end - first, found)))
        .compose(sum -> from(ids, end, sum));
  }

  private Future<List<String>> lacking(List<String> ids) {
    return database
        .query(
            "select id from point where id = any($1) and " + KEPT,
            Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)))
        .map(rows -> {
          Set<String> lacking = new TreeSet<>(ids);
          rows.forEach(row -> lacking.remove(row.getString(0)));
          return List.copyOf(lacking);
        });
  }

  /** Blocks: worker threads only. */
  private static Found read(Repository repository, List<String> ids) {
    List<Import> imports = new ArrayList<>();
    Map<PackId, PackRow> rows = new HashMap<>();
    List<String> unreadable = new ArrayList<>();
    for (String id : ids) {
      try {
        Manifest manifest = repository.manifest(id);
        imports.add(
            new Import(
                manifest,
                packs(repository, manifest).stream()
                    .map(pack -> rows.computeIfAbsent(pack, any -> row(repository, pack)))
                    .toList()));
      } catch (RepositoryException e) {
        LOG.error("A restore point can't be taken up [point: {}]", id, e);
        unreadable.add(id);
      }
    }
    imports.sort(Comparator.comparing(entry -> entry.manifest().createdAt()));
    return new Found(imports, unreadable);
  }

  /** The packs that the point has brought along; if its parent is gone, all that it needs. */
  private static Set<PackId> packs(Repository repository, Manifest manifest) {
    Set<PackId> packs = new TreeSet<>(Comparator.comparing(PackId::toString));
    packs.addAll(manifest.packs());
    if (manifest.parent().filter(parent -> !isReadable(repository, parent)).isPresent()) {
      for (ManifestDisk disk : manifest.disks()) {
        packs.addAll(repository.tree().packs(disk.root(), disk.sizeBytes()));
      }
    }
    return packs;
  }

  private static PackRow row(Repository repository, PackId pack) {
    try {
      PackSummary summary = repository.summary(pack);
      return PackRow.of(pack.toString(), summary.rawBytes(), summary.storedBytes());
    } catch (RepositoryException e) {
      LOG.error("A pack that is needed can't be read: {} [pack: {}]", e.getMessage(), pack);
      return new PackRow(pack.toString(), Optional.empty(), Optional.empty());
    }
  }

  private static boolean isReadable(Repository repository, String point) {
    try {
      return repository.manifest(point).id().equals(point);
    } catch (NoSuchPointException | DamagedDataException e) {
      return false;
    }
  }

  private Future<Void> importAll(List<Import> imports) {
    Future<Void> chain = Future.succeededFuture();
    for (Import entry : imports) {
      chain =
          chain.compose(
              done -> database.inTransaction(transaction -> importOne(transaction, entry)));
    }
    return chain;
  }

  private Future<Void> importOne(SqlConnection transaction, Import entry) {
    // Which disks the checkpoint covers is not in the manifest. Assuming all is safe: a bitmap that
    // is missing is noticed by the checkpointer, and the disk read whole.
    boolean checkpointed = entry.manifest().checkpoint().isPresent();
    Point point = ManifestPoints.point(entry.manifest(), target -> checkpointed);
    return domains
        .remember(transaction, point.domainUuid(), point.hypervisor(), point.vm())
        .compose(done -> rememberParent(transaction, point))
        .compose(done -> points.add(transaction, point, entry.packs()));
  }

  private static Future<Void> rememberParent(SqlConnection transaction, Point point) {
    return point
        .parent()
        .map(parent ->
            transaction
                .preparedQuery(REMEMBER_PARENT)
                .execute(
                    Tuple.of(
                        parent,
                        point.domainUuid(),
                        point.vm(),
                        point.hypervisor(),
                        point.createdAt().atOffset(ZoneOffset.UTC)))
                .<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  private static void logImported(Result result) {
    if (result.imported() > 0) {
      LOG.info("Took up {} restore points from the repository", result.imported());
    }
  }

  private record Import(Manifest manifest, List<PackRow> packs) {}

  private record Found(List<Import> imports, List<String> unreadable) {}
}

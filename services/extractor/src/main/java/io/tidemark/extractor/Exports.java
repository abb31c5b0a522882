package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.RestoreTarget;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdOptions;
import io.tidemark.nbd.NbdPoolOptions;
import io.tidemark.nbd.NbdUri;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Connects to the exports of backups and restores, and refuses those that can't be the right ones.
 */
final class Exports {

  private Exports() {}

  /**
   * Connects to a disk of a backup, with its dirty bitmap if it is read incrementally.
   *
   * @return a connection that the caller closes
   */
  static Future<NbdConnection> read(Workbench bench, BackupDisk disk) {
    NbdOptions options =
        disk.metaContext()
            .map(context -> options(bench).withMetaContexts(context))
            .orElseGet(() -> options(bench));
    return connect(bench, disk.nbdUri(), options, disk.sizeBytes());
  }

  /** As {@link #read}, but without asking for the bitmap. */
  static Future<NbdConnection> readWithoutBitmap(Workbench bench, BackupDisk disk) {
    return connect(bench, disk.nbdUri(), options(bench), disk.sizeBytes());
  }

  /**
   * Connects to the target of a restore.
   *
   * @return a connection that the caller closes
   */
  static Future<NbdConnection> write(Workbench bench, RestoreTarget target) {
    return connect(bench, target.nbdUri(), options(bench), target.disk().sizeBytes());
  }

  private static NbdOptions options(Workbench bench) {
    return NbdOptions.defaults().withMaxInFlight(bench.config().transfer().requestsInFlight());
  }

  private static Future<NbdConnection> connect(
      Workbench bench, String uri, NbdOptions options, long sizeBytes) {
    // A lost connection is not replaced here: the shard is begun again as a whole.
    NbdPoolOptions pool =
        NbdPoolOptions.of(bench.config().transfer().connections()).withReconnects(0, Duration.ZERO);
    return parse(uri)
        .compose(parsed ->
            pool.connections() == 1
                ? bench.nbd().connect(parsed, options)
                : bench.nbd().pool(parsed, options, pool))
        .compose(connection -> {
          long exported = connection.export().sizeBytes();
          return exported >= sizeBytes
              ? Future.succeededFuture(connection)
              : connection.close().transform(closed -> tooSmall(uri, exported, sizeBytes));
        });
  }

  private static Future<NbdUri> parse(String uri) {
    try {
      return Future.succeededFuture(NbdUri.parse(uri));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(WrongExportException.noUri(e));
    }
  }

  private static Future<NbdConnection> tooSmall(String uri, long exported, long sizeBytes) {
    return Future.failedFuture(WrongExportException.tooSmall(uri, exported, sizeBytes));
  }
}

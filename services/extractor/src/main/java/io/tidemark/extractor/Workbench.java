package io.tidemark.extractor;

import io.tidemark.nbd.NbdClient;
import io.tidemark.repository.Repository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * What every survey and shard of a process shares.
 *
 * @param cpu as many threads as cores: hashes, compresses, decompresses
 * @param disk a few threads: waits for the repository's file system
 * @param limits how fast exports may be read and written
 */
record Workbench(
    Vertx vertx,
    ExtractorConfig config,
    Repository repository,
    NbdClient nbd,
    WorkerExecutor cpu,
    WorkerExecutor disk,
    RateLimits limits,
    ExtractorMeters meters) {

  /** Computes on the processors' pool; completes on the caller's context. */
  <T> Future<T> compute(Callable<T> work) {
    meters.cpuWaiting(1);
    return cpu.executeBlocking(
        () -> {
          meters.cpuWaiting(-1);
          return work.call();
        },
        false);
  }

  /** As {@link #compute}, for work without a result. */
  Future<Void> run(Runnable work) {
    return compute(Executors.callable(work)).mapEmpty();
  }

  /** Waits for the repository on its own pool; completes on the caller's context. */
  <T> Future<T> block(Callable<T> work) {
    return disk.executeBlocking(work, false);
  }

  /** Closes what is in here. */
  Future<Void> close() {
    return block(
            () -> {
              repository.close();
              return true;
            })
        .transform(closed -> Future.join(nbd.close(), cpu.close(), disk.close()))
        .mapEmpty();
  }
}

package io.tidemark.extractor;

import io.tidemark.repository.Repository;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the repository once it is there, and never makes one: where its storage is not mounted yet,
 * that would be another one below the mount point. One context only.
 */
final class AwaitedRepository {

  private static final Logger LOG = LoggerFactory.getLogger(AwaitedRepository.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Path directory;
  private String told = "";
  private boolean givenUp;

  AwaitedRepository(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /**
   * Opens it and deletes what dead workers left there.
   *
   * @return empty as long as the directory is missing or empty; fails when it can't be opened for
   *     another reason
   */
  Future<Optional<Repository>> look() {
    return vertx
        .executeBlocking(this::open, false)
        .onSuccess(found -> {
          if (found.isEmpty()) {
            tell("it is missing or empty");
          }
        });
  }

  /**
   * Looks for it until it can be opened, whatever the reason that it can't.
   *
   * @return never completes once this was given up
   */
  Future<Repository> appears() {
    Promise<Repository> there = Promise.promise();
    lookAgain(there);
    return there.future();
  }

  /** Looks no more. */
  void giveUp() {
    givenUp = true;
  }

  private void lookAgain(Promise<Repository> there) {
    vertx.setTimer(
        PAUSE.toMillis(),
        timer -> {
          if (!givenUp) {
            look()
                .onComplete(
                    found ->
                        found.ifPresentOrElse(open -> take(open, there), () -> lookAgain(there)),
                    failure -> {
                      tell(failure.getMessage());
                      lookAgain(there);
                    });
          }
        });
  }

  private void take(Repository open, Promise<Repository> there) {
    if (givenUp) {
      vertx.executeBlocking(() -> {
        open.close();
        return true;
      });
    } else {
      there.complete(open);
    }
  }

  private void tell(String problem) {
    if (!problem.equals(told)) {
      told = problem;
      LOG.warn(
          "Waiting for the repository in {}, and taking no shards until then: {}."
              + " The catalog makes it; if it was made already, check that its storage is mounted.",
          directory,
          problem);
    }
  }

  private Optional<Repository> open() {
    Optional<Repository> found = Repository.openIfPresent(directory);
    found.ifPresent(AwaitedRepository::cleanUp);
    return found;
  }

  private static void cleanUp(Repository open) {
    try {
      open.reclaimLeftovers();
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }
}

package io.tidemark.catalog.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;

/** Hashes passwords on a few worker threads of their own, which bounds the memory that it takes. */
final class Passwords {
  private static final int WORKERS = 2;

  private final WorkerExecutor workers;
  private final Secrets secrets;

  /** Of a password that nobody has: what is compared with where there is no account. */
  private final PasswordHash nobody;

  Passwords(Vertx vertx, Secrets secrets) {
    this.workers = vertx.createSharedWorkerExecutor("catalog-passwords", WORKERS);
    this.secrets = secrets;
    this.nobody = PasswordHash.unmatchable(secrets.salt());
  }

  /** The hash of a password as text. */
  Future<String> hash(String password) {
    return workers.executeBlocking(() -> PasswordHash.of(password, secrets.salt()).toText(), false);
  }

  /** Whether it is the password; takes as long where there is none to compare with. */
  Future<Boolean> matches(String password, Optional<String> hash) {
    return workers.executeBlocking(
        () -> hash.map(PasswordHash::parse).orElse(nobody).matches(password), false);
  }
}

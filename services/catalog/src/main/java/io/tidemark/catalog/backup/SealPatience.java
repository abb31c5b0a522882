package io.tidemark.catalog.backup;

import io.tidemark.catalog.Refusal;
import io.tidemark.repository.NotARepositoryException;
import io.tidemark.repository.StorageException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * How long finished backups wait for a repository that can't be used now. Their data are all in:
 * one hiccup of its storage, or a mount that comes late after a restart, must not cost them. Counts
 * from the first attempt of this process, so that time in which it did not run is nobody's fault.
 * Confined to one context.
 */
final class SealPatience {
  private final Duration limit;
  private final LongSupplier nanos;
  private final Map<String, Long> since = new HashMap<>();

  SealPatience(Duration limit, LongSupplier nanos) {
    this.limit = limit;
    this.nanos = nanos;
  }

  /** Whether another attempt may well go better. */
  static boolean mayPass(Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> refusal.kind() == Refusal.Kind.UNAVAILABLE;
      case StorageException storage -> true;
      case NotARepositoryException vanished -> true;
      // The workers of a catalog that stops: the next one takes the seal up again.
      case RejectedExecutionException stopping -> true;
      default -> false;
    };
  }

  /** Whether the backup has not waited too long. */
  boolean allows(String id) {
    return nanos.getAsLong() - since.getOrDefault(id, nanos.getAsLong()) < limit.toNanos();
  }

  /** It waits from now on, if it did not before; whether it did not. */
  boolean begins(String id) {
    return since.putIfAbsent(id, nanos.getAsLong()) == null;
  }

  /** It waits no more. */
  void ends(String id) {
    since.remove(id);
  }
}

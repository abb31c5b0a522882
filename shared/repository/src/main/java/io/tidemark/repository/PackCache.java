package io.tidemark.repository;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open packs and their footers, the least recently used closed when there are too many, and all
 * that nobody has read for a while: a file that another process has deleted keeps its space as long
 * as it is open. Any thread.
 *
 * <p>A pack in use is never closed; so the bounds may be exceeded by as many packs as there are
 * threads reading.
 */
final class PackCache implements AutoCloseable {

  private static final int MAX_OPEN = 128;
  private static final long MAX_INDEX_BYTES = 64L << 20;

  /** How long a pack stays open that nobody reads; up to half as long again. */
  static final Duration IDLE = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(PackCache.class);

  private final Storage storage;
  private final Executor later;
  private final LongSupplier nanoTime;
  private final Map<PackId, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);
  private long indexBytes;
  private boolean sweepIsDue;

  PackCache(Storage storage) {
    // A thread of the JDK's own keeps the time: a cache needs none.
    this(
        storage,
        CompletableFuture.delayedExecutor(IDLE.toMillis() / 2, TimeUnit.MILLISECONDS),
        System::nanoTime);
  }

  /**
   * @param later runs things after half of the idle time
   */
  PackCache(Storage storage, Executor later, LongSupplier nanoTime) {
    this.storage = storage;
    this.later = later;
    this.nanoTime = nanoTime;
  }

  /** Opens {@code id} or finds it open; the lease must be closed. */
  Lease lease(PackId id) {
    Lease lease = pin(id);
    try {
      lease.open();
      return lease;
    } catch (RepositoryException e) {
      retire(lease);
      lease.close();
      throw e;
    }
  }

  /** Where it is, for messages. */
  String path(PackId id) {
    return storage.location(Layout.pack(id));
  }

  /**
   * Lets the next reader open the pack anew; {@code lease} must still be closed by all who hold it.
   */
  void retire(Lease lease) {
    synchronized (leases) {
      if (leases.remove(lease.id, lease)) {
        indexBytes -= lease.indexBytes;
        lease.retired = true;
      }
    }
  }

  /** Lets the next reader open the pack anew; nothing happens if it is not open. */
  void drop(PackId id) {
    synchronized (leases) {
      Lease lease = leases.remove(id);
      if (lease != null) {
        indexBytes -= lease.indexBytes;
        lease.retired = true;
        if (lease.users == 0) {
          lease.discard();
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (leases) {
      leases.values().forEach(Lease::discard);
      leases.clear();
      indexBytes = 0;
    }
  }

  private Lease pin(PackId id) {
    synchronized (leases) {
      Lease lease = leases.computeIfAbsent(id, Lease::new);
      lease.users++;
      return lease;
    }
  }

  private void sweepLater() {
    if (!sweepIsDue && !leases.isEmpty()) {
      sweepIsDue = true;
      later.execute(this::sweep);
    }
  }

  private void sweep() {
    synchronized (leases) {
      sweepIsDue = false;
      Iterator<Lease> all = leases.values().iterator();
      while (all.hasNext()) {
        Lease lease = all.next();
        if (lease.isIdle()) {
          all.remove();
          indexBytes -= lease.indexBytes;
          close(lease);
        }
      }
      sweepLater();
    }
  }

  private static void close(Lease lease) {
    try {
      lease.discard();
    } catch (RepositoryException e) {
      LOG.warn("A pack that was read could not be closed", e);
    }
  }

  private void evict() {
    Iterator<Lease> oldest = leases.values().iterator();
    while (oldest.hasNext() && (leases.size() > MAX_OPEN || indexBytes > MAX_INDEX_BYTES)) {
      Lease lease = oldest.next();
      if (lease.users == 0) {
        oldest.remove();
        indexBytes -= lease.indexBytes;
        lease.discard();
      }
    }
  }

  /** One open pack, shared by all who read it at the time. */
  final class Lease implements AutoCloseable {

    private final PackId id;
    private int users;
    private int indexBytes;
    private boolean retired;
    private long lastUse;
    private PackFile file;

    private Lease(PackId id) {
      this.id = id;
    }

    PackFile file() {
      synchronized (this) {
        return file;
      }
    }

    @Override
    public void close() {
      synchronized (leases) {
        users--;
        lastUse = nanoTime.getAsLong();
        if (users == 0 && retired) {
          discard();
        }
        evict();
        sweepLater();
      }
    }

    /** Opens the file unless another user did; only those who want this very pack wait. */
    private void open() {
      synchronized (this) {
        if (file != null) {
          return;
        }
        file = PackFile.open(storage, id);
      }
      synchronized (leases) {
        if (!retired) {
          indexBytes = file.index().bytes();
          PackCache.this.indexBytes += indexBytes;
        }
      }
    }

    private boolean isIdle() {
      return users == 0 && nanoTime.getAsLong() - lastUse >= IDLE.toNanos();
    }

    private void discard() {
      synchronized (this) {
        if (file != null) {
          file.close();
          file = null;
        }
      }
    }
  }
}

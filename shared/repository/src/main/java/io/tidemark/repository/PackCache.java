package io.tidemark.repository;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Open packs and their footers, the least recently used closed when there are too many. Any thread.
 *
 * <p>A pack in use is never closed; so the bounds may be exceeded by as many packs as there are
 * threads reading.
 */
final class PackCache implements AutoCloseable {

  private static final int MAX_OPEN = 128;
  private static final long MAX_INDEX_BYTES = 64L << 20;

  private final Storage storage;
  private final Map<PackId, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);
  private long indexBytes;

  PackCache(Storage storage) {
    this.storage = storage;
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
        if (users == 0 && retired) {
          discard();
        }
        evict();
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

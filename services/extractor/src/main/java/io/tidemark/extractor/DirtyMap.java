package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdExtent;
import io.tidemark.repository.Geometry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;

/**
 * What of a disk has to be read: what its dirty bitmap names, what lies beyond the parent's end
 * (QEMU calls that clean), or all of it. The bitmap is asked for one bounded window after the
 * other, so that the map of a huge disk is never in memory as a whole. The connection's context
 * only.
 */
final class DirtyMap {

  /** At worst 32,768 dirty extents of 64 KiB a window. */
  static final long WINDOW_BYTES = 4L << 30;

  private static final long DIRTY = 1;

  private final NbdConnection connection;
  private final Optional<String> metaContext;
  private final long trustedBytes;

  private DirtyMap(NbdConnection connection, Optional<String> metaContext, long trustedBytes) {
    this.connection = connection;
    this.metaContext = metaContext;
    this.trustedBytes = trustedBytes;
  }

  /** The map of {@code disk}, to which {@code connection} leads. */
  static DirtyMap of(NbdConnection connection, BackupDisk disk) {
    return new DirtyMap(connection, disk.metaContext(), trustedBytes(disk));
  }

  /** Up to where the bitmap says what is clean; from there on everything is read. */
  static long trustedBytes(BackupDisk disk) {
    if (disk.mode() == DiskMode.FULL || disk.metaContext().isEmpty()) {
      return 0;
    }
    long parentBytes = disk.parent().map(ParentDisk::sizeBytes).orElse(0L);
    long shorter = Math.min(parentBytes, disk.sizeBytes());
    // The last block of either size may be short, and is another block where it is not.
    return parentBytes == disk.sizeBytes() ? parentBytes : shorter - shorter % Geometry.BLOCK_BYTES;
  }

  /**
   * Hands what has to be read of a range to {@code dirty}, in order; neighbours may touch.
   *
   * @return completes when the whole range was handed over; fails when the server doesn't answer
   *     for all of it, or {@code dirty} throws
   */
  Future<Void> read(ByteRange range, Extents dirty) {
    Promise<Void> end = Promise.promise();
    readFrom(range.offset(), range, dirty, end);
    return end.future();
  }

  /** A promise, since there may be too many windows for futures inside of one another. */
  private void readFrom(long offset, ByteRange range, Extents dirty, Promise<Void> end) {
    if (offset >= range.end()) {
      end.complete();
      return;
    }
    // What is thrown inside of compose fails its future; elsewhere it would be logged, no more.
    Future.succeededFuture(offset)
        .compose(from -> window(from, range, dirty))
        .onSuccess(next -> readFrom(next, range, dirty, end))
        .onFailure(end::tryFail);
  }

  /** Hands over what has to be read next; returns where it ends. */
  private Future<Long> window(long offset, ByteRange range, Extents dirty) {
    if (offset >= trustedBytes || metaContext.isEmpty()) {
      dirty.accept(offset, range.end() - offset);
      return Future.succeededFuture(range.end());
    }
    long to = Math.min(Math.min(offset + WINDOW_BYTES, range.end()), trustedBytes);
    return connection
        .blockStatus(metaContext.get(), offset, to - offset)
        .map(extents -> {
          pass(extents, offset, to, dirty);
          return to;
        });
  }

  private static void pass(List<NbdExtent> extents, long from, long to, Extents dirty) {
    for (NbdExtent extent : extents) {
      long start = Math.max(extent.offset(), from);
      long end = Math.min(extent.offset() + extent.lengthBytes(), to);
      if ((extent.flags() & DIRTY) != 0 && start < end) {
        dirty.accept(start, end - start);
      }
    }
  }

  /** Takes extents in order. */
  @FunctionalInterface
  interface Extents {
    void accept(long offset, long lengthBytes);
  }
}

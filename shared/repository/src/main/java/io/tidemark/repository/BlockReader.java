package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads blocks and nodes by reference and proves what it read: no byte that does not hash to what
 * the tree states is handed out. Thread-safe and shared; keeps a bounded number of packs open and
 * of nodes in memory. Blocks on the disk.
 */
public final class BlockReader {

  private static final int MAX_NODES = 512;
  private static final int MAX_REOPENINGS = 16;

  private final PackCache packs;
  private final Scratch.Pool scratches;
  private final Map<Ref, Node> nodes =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Ref, Node> eldest) {
          return size() > MAX_NODES;
        }
      };

  BlockReader(PackCache packs, Scratch.Pool scratches) {
    this.packs = packs;
    this.scratches = scratches;
  }

  /**
   * Puts the plain content behind {@code ref} into {@code into}, direct or heap, and moves its
   * position by the length. A nil reference fills all that remains of {@code into} with zeroes. On
   * an error the position is where it was, and what lies behind it is undefined.
   *
   * @throws DamagedDataException naming pack, slot, offset and what is wrong; also when the content
   *     is longer than what remains
   */
  public void read(Ref ref, ByteBuffer into) {
    if (ref.isNil()) {
      fillWithZeroes(into);
      return;
    }
    withFrame(ref, (frame, entry, scratch) -> frame.readInto(into, entry, scratch));
  }

  /** Like {@link #read}, and the content must be as long as what remains of {@code into}. */
  void readExactly(Ref ref, ByteBuffer into) {
    int expected = into.remaining();
    read(ref, into);
    if (into.hasRemaining()) {
      throw DamagedDataException.ofFrame(
          packs.path(ref.pack()),
          ref,
          -1,
          "it has " + (expected - into.remaining()) + " bytes where " + expected + " belong");
    }
  }

  /**
   * The node behind {@code ref}; {@link Node#NIL} for a nil reference. Recently read nodes come
   * from memory.
   */
  public Node readNode(Ref ref) {
    if (ref.isNil()) {
      return Node.NIL;
    }
    synchronized (nodes) {
      Node node = nodes.get(ref);
      if (node != null) {
        return node;
      }
    }
    Node node = readNodeFromDisk(ref);
    synchronized (nodes) {
      nodes.put(ref, node);
    }
    return node;
  }

  /** Like {@link #readNode}, never from memory. */
  Node readNodeFromDisk(Ref ref) {
    return ref.isNil()
        ? Node.NIL
        : withFrame(ref, (frame, entry, scratch) -> Frame.node(frame.read(entry, scratch), frame));
  }

  /** Reads and proves a block without handing it out; returns its length. */
  int check(Ref ref) {
    return withFrame(ref, (frame, entry, scratch) -> frame.read(entry, scratch).remaining());
  }

  /**
   * The footer's word for {@code ref}: that the pack has it, and how long its plain content is. The
   * content is not read.
   */
  int lengthOf(Ref ref) {
    return withPack(
        ref.pack(),
        pack -> pack.index().find(new Frame(pack.blob(), pack.path(), ref)).rawLength());
  }

  /** All that the pack's footer names, ascending by slot. */
  List<Ref> refs(PackId pack) {
    try (PackCache.Lease lease = packs.lease(pack)) {
      return lease.file().index().all().stream()
          .map(entry -> new Ref(entry.hash(), pack, entry.slot()))
          .toList();
    }
  }

  private <T> T withFrame(Ref ref, OnFrame<T> use) {
    Scratch scratch = scratches.take();
    try {
      return withPack(
          ref.pack(),
          pack -> {
            Frame frame = new Frame(pack.blob(), pack.path(), ref);
            return use.apply(frame, pack.index().find(frame), scratch);
          });
    } finally {
      scratches.give(scratch);
    }
  }

  /**
   * What can't be read in an open pack is tried once more in the file that has its name then:
   * another process may have mended or rewritten it, or the server it lies on may have forgotten
   * the one that was opened.
   */
  private <T> T withPack(PackId id, OnPack<T> use) {
    boolean again = false;
    for (int attempt = 1; ; attempt++) {
      try (PackCache.Lease lease = packs.lease(id)) {
        PackFile pack = lease.file();
        try {
          return use.apply(pack);
        } catch (ClosedChannelException e) {
          packs.retire(lease);
          giveUpIfInterrupted(attempt, pack, e);
        } catch (IOException e) {
          packs.retire(lease);
          if (again) {
            throw pack.storage().failure(e, "read", Layout.pack(id));
          }
          again = true;
        } catch (DamagedDataException e) {
          packs.retire(lease);
          if (again) {
            throw e;
          }
          again = true;
        }
      }
    }
  }

  /**
   * An interrupt closes a channel under every thread that shares it; only the interrupted one has
   * to give up.
   */
  private static void giveUpIfInterrupted(int attempt, PackFile pack, IOException cause) {
    if (Thread.currentThread().isInterrupted() || attempt == MAX_REOPENINGS) {
      throw new StorageException("Reading " + pack.path() + " was interrupted; try again.", cause);
    }
  }

  private static void fillWithZeroes(ByteBuffer into) {
    while (into.remaining() >= Long.BYTES) {
      into.putLong(0);
    }
    while (into.hasRemaining()) {
      into.put((byte) 0);
    }
  }

  private interface OnPack<T> {
    T apply(PackFile pack) throws IOException;
  }

  private interface OnFrame<T> {
    T apply(Frame frame, PackFormat.Entry entry, Scratch scratch) throws IOException;
  }
}

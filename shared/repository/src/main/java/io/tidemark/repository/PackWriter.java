package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Writes one pack. Any number of threads may append; each compresses on its own and only the write
 * itself is one at a time. The pack is part of the repository once {@link #finish} has returned,
 * and not at all before.
 */
public final class PackWriter implements AutoCloseable {

  private final PackId id;
  private final Storage storage;
  private final Scratch.Pool scratches;
  private final Storage.Upload out;

  private ByteBuffer footer = ByteBuffer.allocate(64 * PackFormat.ENTRY_BYTES);
  private long rawBytes;
  private State state = State.OPEN;

  private PackWriter(PackId id, Storage storage, Scratch.Pool scratches, Storage.Upload out) {
    this.id = id;
    this.storage = storage;
    this.scratches = scratches;
    this.out = out;
  }

  static PackWriter create(PackId id, Storage storage, Scratch.Pool scratches) {
    try {
      Storage.Upload out = storage.upload(Layout.pack(id));
      PackWriter made = new PackWriter(id, storage, scratches, out);
      try {
        out.append(PackFormat.header(id));
        return made;
      } catch (IOException | RuntimeException | Error e) {
        made.close();
        throw e;
      }
    } catch (IOException e) {
      throw storage.failure(e, "create a pack in", Layout.PACKS);
    }
  }

  /** The name of the pack being written. */
  public PackId id() {
    return id;
  }

  /**
   * Stores what remains of {@code plain} (1 to 65,536 bytes; its position does not move) and
   * returns where. The content can be read through {@link BlockReader} after {@link #finish}. Any
   * thread; blocks on the disk.
   *
   * @param hash of exactly these bytes; it is believed, not checked
   * @throws IllegalStateException when an earlier call has failed, whatever the reason
   * @throws StorageFullException when the file system is full; the writer is then of no further use
   *     but to be closed
   */
  public Ref append(Hash hash, ByteBuffer plain) {
    int length = plain.remaining();
    if (length < 1 || length > PackFormat.MAX_CONTENT_BYTES) {
      throw new IllegalArgumentException("Content has 1 to 65536 bytes, not " + length);
    }
    Scratch scratch = scratches.take();
    try {
      return append(hash, length, scratch, pack(plain, length, scratch));
    } finally {
      scratches.give(scratch);
    }
  }

  /** Stores {@code node} unless it is nil; returns the reference to it. */
  public Ref append(Node node) {
    if (node.isNil()) {
      return Ref.NIL;
    }
    ByteBuffer encoded = node.encode();
    return append(Hash.of(encoded), encoded);
  }

  /**
   * Makes the pack durable under its final name. An empty pack is not written: its temporary file
   * is deleted and the result is empty. No append may be under way. Blocks on the disk.
   */
  public synchronized Optional<PackSummary> finish() {
    requireOpen();
    if (footer.position() == 0) {
      close();
      return Optional.empty();
    }
    try {
      state = State.BROKEN;
      long bytes = writeEnd();
      state = State.DONE;
      long blocks = footer.position() / PackFormat.ENTRY_BYTES;
      return Optional.of(new PackSummary(id, blocks, rawBytes, bytes));
    } catch (IOException e) {
      throw failure(e, "finish");
    }
  }

  /** Drops the pack unless it was finished: the temporary file is deleted. */
  @Override
  public synchronized void close() {
    if (state == State.DONE || state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    try {
      out.close();
    } catch (IOException e) {
      throw failure(e, "drop");
    }
  }

  /** Puts the payload for {@code plain} into the scratch frame. */
  private static Payload pack(ByteBuffer plain, int length, Scratch scratch) {
    ByteBuffer source = plain;
    int offset = plain.position();
    if (!plain.isDirect()) {
      scratch.plain.put(0, plain, offset, length);
      source = scratch.plain;
      offset = 0;
    }
    int stored = scratch.compress(source, offset, length);
    if (stored < length) {
      return new Payload(PackFormat.ENCODING_ZSTD, stored);
    }
    scratch.frame.put(PackFormat.FRAME_HEADER_BYTES, source, offset, length);
    return new Payload(PackFormat.ENCODING_RAW, length);
  }

  private synchronized Ref append(Hash hash, int rawLength, Scratch scratch, Payload payload) {
    requireOpen();
    int slot = footer.position() / PackFormat.ENTRY_BYTES;
    PackFormat.Entry entry =
        new PackFormat.Entry(
            slot, payload.length, rawLength, payload.encoding, out.position(), hash);
    ByteBuffer frame = scratch.frame.clear();
    PackFormat.frameHeader(frame, entry);
    frame.limit(PackFormat.FRAME_HEADER_BYTES + payload.length);
    // Whatever ends this early, some of the frame may be there.
    state = State.BROKEN;
    try {
      out.append(frame);
    } catch (IOException e) {
      throw failure(e, "write");
    }
    remember(entry);
    state = State.OPEN;
    return new Ref(hash, id, slot);
  }

  private void remember(PackFormat.Entry entry) {
    if (footer.remaining() < PackFormat.ENTRY_BYTES) {
      footer = ByteBuffer.allocate(Math.multiplyExact(footer.capacity(), 2)).put(footer.flip());
    }
    entry.encode(footer);
    rawBytes += entry.rawLength();
  }

  /**
   * The node behind {@code ref} in this unfinished pack, for a tree that is built on what was just
   * appended.
   */
  synchronized Node readBack(Ref ref) {
    requireOpen();
    PackIndex index = new PackIndex(footer.duplicate().flip());
    Scratch scratch = scratches.take();
    // A write that was under way may turn out to have failed.
    state = State.BROKEN;
    try (Storage.Blob written = out.soFar()) {
      Frame frame = new Frame(written, storage.location(Layout.pack(id)), ref);
      Node node = Frame.node(frame.read(index.find(frame), scratch), frame);
      state = State.OPEN;
      return node;
    } catch (IOException e) {
      throw failure(e, "read back");
    } finally {
      scratches.give(scratch);
    }
  }

  /** Makes the file durable; returns its length. */
  private long writeEnd() throws IOException {
    ByteBuffer entries = footer.duplicate().flip();
    ByteBuffer trailer = PackFormat.trailer(id, out.position(), entries);
    out.append(entries);
    out.append(trailer);
    return out.publish();
  }

  private RepositoryException failure(IOException cause, String doing) {
    return storage.failure(cause, doing + " the pack", Layout.pack(id));
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException("The pack " + id + " is " + state + " and takes no more");
    }
  }

  private enum State {
    OPEN,
    BROKEN,
    DONE,
    CLOSED
  }

  private record Payload(int encoding, int length) {}
}

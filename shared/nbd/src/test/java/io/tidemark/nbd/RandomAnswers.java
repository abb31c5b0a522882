package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Answers to the requests of {@link InMemory} as a server may give them: in any order, reads in any
 * pieces, holes where there are some, now and then an error. Knows which of its bytes count: not
 * the content of the disk, since NBD has no checksum, and not the cookies of simple replies, which
 * say nothing else of what they answer.
 */
final class RandomAnswers {
  private static final int READ = InMemory.READ_BYTES;
  private static final int HOLE_END = READ + 4096;

  private final Dialect dialect;
  private final Random random;
  private final BitSet failing = new BitSet();
  private final byte[] bytes;
  private final int[] counting;
  private final BitSet offsets = new BitSet();

  RandomAnswers(Dialect dialect, Random random) {
    this.dialect = dialect;
    this.random = random;
    ByteBuf all = Unpooled.buffer();
    BitSet unprotected = new BitSet();
    for (ByteBuf part : dialect.hasChunks() ? mixed() : simple()) {
      unprotected.or(shifted(unprotected(part), all.writerIndex()));
      offsets.or(shifted(offset(part), all.writerIndex()));
      all.writeBytes(part);
    }
    this.bytes = Transcripts.bytes(all);
    this.counting = IntStream.range(0, bytes.length).filter(i -> !unprotected.get(i)).toArray();
  }

  byte[] bytes() {
    return bytes;
  }

  /** The reads, 0 and 1, that are answered with an error. */
  BitSet failing() {
    return failing;
  }

  /** A byte that counts. */
  int somewhere(Random which) {
    return counting[which.nextInt(counting.length)];
  }

  /** Whether this byte tells where content belongs. */
  boolean isOffset(int place) {
    return offsets.get(place);
  }

  /** Up to {@code most} places that follow one another and count. */
  int[] run(Random which, int most) {
    int first = which.nextInt(counting.length);
    int length = 1;
    while (length < most
        && first + length < counting.length
        && counting[first + length] == counting[first] + length) {
      length++;
    }
    return Arrays.copyOfRange(counting, first, first + length);
  }

  private List<ByteBuf> simple() {
    List<ByteBuf> replies = new ArrayList<>();
    for (int read = 0; read < 2; read++) {
      if (random.nextInt(10) == 0) {
        failing.set(read);
        replies.add(Transcripts.simple(read + 1L, Wire.EIO, Unpooled.EMPTY_BUFFER));
      } else {
        ByteBuf content = Transcripts.content((long) READ * read, READ);
        replies.add(Transcripts.simple(read + 1L, 0, content));
      }
    }
    replies.add(Transcripts.simple(4, 0, Unpooled.EMPTY_BUFFER));
    Collections.shuffle(replies, random);
    return replies;
  }

  /** The chunks of all requests, mixed; those of one request stay in their order. */
  private List<ByteBuf> mixed() {
    List<Queue<ByteBuf>> requests = new ArrayList<>(List.of(read(0), read(1), status(), written()));
    List<ByteBuf> all = new ArrayList<>();
    while (!requests.isEmpty()) {
      Queue<ByteBuf> next = requests.get(random.nextInt(requests.size()));
      all.add(next.remove());
      requests.removeIf(Queue::isEmpty);
    }
    return all;
  }

  private Queue<ByteBuf> read(int index) {
    long start = (long) READ * index;
    TreeSet<Integer> cuts = new TreeSet<>(List.of(0, READ, HOLE_END - READ));
    for (int i = random.nextInt(5); i > 0; i--) {
      cuts.add(random.nextInt(READ));
    }
    List<ByteBuf> pieces = new ArrayList<>();
    int from = cuts.removeFirst();
    for (int to : cuts) {
      pieces.add(piece(index, start, start + from, to - from));
      from = to;
    }
    if (random.nextInt(10) == 0) {
      failing.set(index);
      ByteBuf error = Unpooled.buffer().writeInt(Wire.EIO).writeShort(2).writeShort(0x6f68);
      pieces.set(
          random.nextInt(pieces.size()),
          Transcripts.chunk(dialect, start, index + 1L, false, Wire.CHUNK_ERROR_BIT | 1, error));
    }
    Collections.shuffle(pieces, random);
    return ended(pieces, start, index + 1L);
  }

  private ByteBuf piece(int index, long start, long offset, int length) {
    // A hole of four bytes is one bit from being data, of what is its length.
    boolean hole =
        offset >= READ && offset + length <= HOLE_END && length != 4 && random.nextBoolean();
    return Transcripts.chunk(
        dialect,
        start,
        index + 1L,
        false,
        hole ? Wire.CHUNK_OFFSET_HOLE : Wire.CHUNK_OFFSET_DATA,
        hole ? Transcripts.hole(offset, length) : Transcripts.data(offset, length));
  }

  private Queue<ByteBuf> status() {
    List<ByteBuf> chunks = new ArrayList<>();
    for (int context : InMemory.CONTEXTS.keySet()) {
      long[] extents = new long[2 * (1 + random.nextInt(6))];
      for (int i = 0; i < extents.length; i += 2) {
        long blocks = random.nextLong(1, InMemory.STATUS_BYTES / InMemory.BLOCK_BYTES / 8);
        extents[i] = blocks * InMemory.BLOCK_BYTES;
        extents[i + 1] = random.nextInt(4);
      }
      chunks.add(
          Transcripts.chunk(
              dialect,
              0,
              3,
              false,
              dialect == Dialect.EXTENDED ? Wire.CHUNK_BLOCK_STATUS_EXT : Wire.CHUNK_BLOCK_STATUS,
              Transcripts.status(dialect, context, extents)));
    }
    return ended(chunks, 0, 3);
  }

  private Queue<ByteBuf> written() {
    // QEMU answers writes with simple replies even then.
    return dialect == Dialect.STRUCTURED && random.nextBoolean()
        ? new ArrayDeque<>(List.of(Transcripts.simple(4, 0, Unpooled.EMPTY_BUFFER)))
        : ended(new ArrayList<>(), 0, 4);
  }

  /** Marks the last chunk, or sends one that is nothing but the end. */
  private Queue<ByteBuf> ended(List<ByteBuf> chunks, long start, long cookie) {
    if (chunks.isEmpty() || random.nextBoolean()) {
      chunks.add(
          Transcripts.chunk(dialect, start, cookie, true, Wire.CHUNK_NONE, Unpooled.EMPTY_BUFFER));
    } else {
      chunks.getLast().setShort(4, Wire.REPLY_FLAG_DONE);
    }
    return new ArrayDeque<>(chunks);
  }

  private BitSet unprotected(ByteBuf part) {
    BitSet unprotected = new BitSet();
    if (part.getInt(0) == Wire.SIMPLE_REPLY_MAGIC) {
      // An error that is turned into none makes what follows the content.
      unprotected.set(part.getInt(4) == 0 ? 8 : 4, part.readableBytes());
    } else if (part.getUnsignedShort(6) == Wire.CHUNK_OFFSET_DATA) {
      unprotected.set(headBytes() + 8, part.readableBytes());
    }
    return unprotected;
  }

  private BitSet offset(ByteBuf part) {
    BitSet offset = new BitSet();
    int type = part.getUnsignedShort(6);
    if (part.getInt(0) != Wire.SIMPLE_REPLY_MAGIC
        && (type == Wire.CHUNK_OFFSET_DATA || type == Wire.CHUNK_OFFSET_HOLE)) {
      offset.set(headBytes(), headBytes() + 8);
    }
    return offset;
  }

  private int headBytes() {
    return dialect == Dialect.EXTENDED ? 32 : 20;
  }

  private static BitSet shifted(BitSet bits, int by) {
    BitSet shifted = new BitSet();
    bits.stream().forEach(bit -> shifted.set(bit + by));
    return shifted;
  }
}

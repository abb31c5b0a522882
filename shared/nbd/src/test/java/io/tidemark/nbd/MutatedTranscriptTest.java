package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Extents;
import io.tidemark.nbd.protocol.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a server sends, cut anywhere: an exception of ours or the right bytes, and nothing else.
 * Seeded; {@code -Dnbd.fuzz.cases} and {@code -Dnbd.fuzz.seed} choose how many and which.
 */
class MutatedTranscriptTest {
  private static final int CASES = Integer.getInteger("nbd.fuzz.cases", 100_000);
  private static final long SEED = Long.getLong("nbd.fuzz.seed", System.nanoTime());

  /**
   * A transcript, and which of its bytes count: not the content of the disk, since NBD has no
   * checksum, and not the cookies of simple replies, which say nothing else of what they answer.
   */
  private static final class Transcript {
    private final byte[] bytes;
    private final int[] counting;

    Transcript(byte[] bytes, BitSet unprotected) {
      this.bytes = bytes;
      this.counting = IntStream.range(0, bytes.length).filter(i -> !unprotected.get(i)).toArray();
    }

    byte[] bytes() {
      return bytes;
    }

    int somewhere(Random random) {
      return counting[random.nextInt(counting.length)];
    }

    /** Up to {@code most} places that follow one another and count. */
    int[] run(Random random, int most) {
      int first = random.nextInt(counting.length);
      int length = 1;
      while (length < most
          && first + length < counting.length
          && counting[first + length] == counting[first] + length) {
        length++;
      }
      return Arrays.copyOfRange(counting, first, first + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMutatedReplyNeverYieldsWrongBytes(Dialect dialect) {
    System.out.println(dialect + ": seed " + SEED);
    Random random = new Random(SEED);
    Transcript good = replies(dialect);
    InMemory straight = new InMemory(dialect);
    assertThat(straight.feed(good.bytes(), random)).isTrue();
    assertThat(straight.readSucceeded(0) && straight.readSucceeded(1)).isTrue();
    assertThat(straight.wrongReads()).isZero();

    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      InMemory requests = new InMemory(dialect);
      boolean taken = requests.feed(mutate(good, random), random);
      assertThat(requests.wrongReads()).as("seed %d, case %d", SEED, i).isZero();
      assertStatusIsSane(requests, i);
      refused += taken ? 0 : 1;
    }
    assertThat(refused).as("mutations must matter").isGreaterThan(CASES / 2);
  }

  @ParameterizedTest
  @EnumSource
  void aReplyCutAtAnyByteCompletesNothingThatIsNotWhole(Dialect dialect) {
    Random random = new Random(SEED);
    byte[] all = replies(dialect).bytes();
    InMemory whole = new InMemory(dialect);
    whole.feed(all, random);
    for (int length = 0; length < all.length; length++) {
      InMemory requests = new InMemory(dialect);
      assertThat(requests.feed(Arrays.copyOf(all, length), random)).isTrue();
      assertThat(requests.wrongReads()).isZero();
      assertThat(requests.answered()).as("cut at %d", length).isLessThan(whole.answered());
    }
  }

  @ParameterizedTest
  @EnumSource
  void noiseIsRefusedOrWaitedFor(Dialect dialect) {
    System.out.println(dialect + ": seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < CASES / 10; i++) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      InMemory requests = new InMemory(dialect);
      requests.feed(noise, random);
      assertThat(requests.answered()).as("seed %d, case %d", SEED, i).isZero();
    }
  }

  private static void assertStatusIsSane(InMemory requests, int round) {
    if (!requests.status.future().succeeded()) {
      return;
    }
    Map<String, Extents> answers = requests.status.future().result();
    assertThat(answers.keySet())
        .as("seed %d, case %d", SEED, round)
        .containsExactlyInAnyOrderElementsOf(InMemory.CONTEXTS.values());
    for (Extents extents : answers.values()) {
      assertThat(extents.count()).as("seed %d, case %d", SEED, round).isPositive();
      long total = 0;
      for (int i = 0; i < extents.count(); i++) {
        assertThat(total).as("seed %d, case %d", SEED, round).isLessThan(InMemory.STATUS_BYTES);
        assertThat(extents.length(i)).as("seed %d, case %d", SEED, round).isPositive();
        total += extents.length(i);
      }
    }
  }

  /** Answers to all requests, out of order, in pieces that mix. */
  private static Transcript replies(Dialect dialect) {
    return dialect == Dialect.SIMPLE ? simpleReplies() : chunks(dialect);
  }

  private static Transcript simpleReplies() {
    List<ByteBuf> parts =
        List.of(
            Transcripts.simple(2, 0, Transcripts.content(8192, 8192)),
            Transcripts.simple(4, 0, Unpooled.EMPTY_BUFFER),
            Transcripts.simple(1, 0, Transcripts.content(0, 8192)));
    ByteBuf all = Unpooled.buffer();
    BitSet unprotected = new BitSet();
    for (ByteBuf part : parts) {
      unprotected.set(all.writerIndex() + 8, all.writerIndex() + part.readableBytes());
      all.writeBytes(part);
    }
    return new Transcript(Transcripts.bytes(all), unprotected);
  }

  private static Transcript chunks(Dialect dialect) {
    int status =
        dialect == Dialect.EXTENDED ? Wire.CHUNK_BLOCK_STATUS_EXT : Wire.CHUNK_BLOCK_STATUS;
    List<ByteBuf> parts = new ArrayList<>();
    parts.add(data(dialect, 1, 0, false, 4096, 4096));
    parts.add(
        Transcripts.chunk(
            dialect, 0, 3, false, status, Transcripts.status(dialect, 7, 4096, 1, 65_536, 0)));
    parts.add(
        Transcripts.chunk(
            dialect, 8192, 2, false, Wire.CHUNK_OFFSET_HOLE, Transcripts.hole(8192, 4096)));
    parts.add(data(dialect, 1, 0, true, 0, 4096));
    parts.add(Transcripts.chunk(dialect, 0, 4, true, Wire.CHUNK_NONE, Unpooled.EMPTY_BUFFER));
    parts.add(
        Transcripts.chunk(
            dialect, 0, 3, true, status, Transcripts.status(dialect, 8, 1, 2, 3, 4, 65_536, 6)));
    parts.add(data(dialect, 2, 8192, true, 12_288, 4096));
    ByteBuf all = Unpooled.buffer();
    BitSet unprotected = new BitSet();
    int head = (dialect == Dialect.EXTENDED ? 32 : 20) + 8;
    for (ByteBuf part : parts) {
      if (part.getUnsignedShort(6) == Wire.CHUNK_OFFSET_DATA) {
        unprotected.set(all.writerIndex() + head, all.writerIndex() + part.readableBytes());
      }
      all.writeBytes(part);
    }
    return new Transcript(Transcripts.bytes(all), unprotected);
  }

  private static ByteBuf data(
      Dialect dialect, long cookie, long requestOffset, boolean last, long offset, int length) {
    return Transcripts.chunk(
        dialect,
        requestOffset,
        cookie,
        last,
        Wire.CHUNK_OFFSET_DATA,
        Transcripts.data(offset, length));
  }

  /** Flips, overwrites, cuts, fills or repeats. */
  private static byte[] mutate(Transcript good, Random random) {
    byte[] mutated = good.bytes().clone();
    switch (random.nextInt(5)) {
      case 0 -> mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
      case 1 -> mutated[good.somewhere(random)] = (byte) random.nextInt();
      case 2 -> {
        for (int place : good.run(random, 8)) {
          mutated[place] = (byte) 0xff;
        }
      }
      case 3 -> {
        int from = good.somewhere(random);
        for (int place : good.run(random, 8)) {
          mutated[place] = good.bytes()[from++ % mutated.length];
        }
      }
      default -> {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          mutated[good.somewhere(random)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return mutated;
  }
}

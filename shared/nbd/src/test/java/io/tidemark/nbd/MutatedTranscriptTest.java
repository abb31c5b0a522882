package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Extents;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a server sends, cut anywhere: an exception of ours or the right bytes, and nothing else.
 * Seeded; {@code -Dnbd.fuzz.cases} and {@code -Dnbd.fuzz.seed} choose how many and which.
 */
class MutatedTranscriptTest {
  private static final int CASES = Integer.getInteger("nbd.fuzz.cases", 100_000);
  private static final long SEED = Long.getLong("nbd.fuzz.seed", System.nanoTime());

  @ParameterizedTest
  @EnumSource
  void aMutatedReplyNeverYieldsWrongBytes(Dialect dialect) {
    System.out.println(dialect + ": seed " + SEED);
    Random random = new Random(SEED);
    RandomAnswers good = new RandomAnswers(dialect, random);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      if (i % 50 == 0) {
        good = new RandomAnswers(dialect, random);
      }
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
  void whateverPiecesTheAnswersComeInTheyAreUnderstood(Dialect dialect) {
    System.out.println(dialect + ": seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < CASES / 50; i++) {
      RandomAnswers answers = new RandomAnswers(dialect, random);
      InMemory requests = new InMemory(dialect);

      assertThat(requests.feed(answers.bytes(), random)).as("seed %d, case %d", SEED, i).isTrue();
      assertThat(requests.wrongReads()).as("seed %d, case %d", SEED, i).isZero();
      for (int read = 0; read < 2; read++) {
        boolean fails = answers.failing().get(read);
        assertThat(requests.readFailed(read)).as("seed %d, case %d", SEED, i).isEqualTo(fails);
        assertThat(requests.readSucceeded(read)).as("seed %d, case %d", SEED, i).isEqualTo(!fails);
      }
      assertThat(requests.write.future().succeeded()).as("seed %d, case %d", SEED, i).isTrue();
      assertThat(requests.status.future().succeeded())
          .as("seed %d, case %d", SEED, i)
          .isEqualTo(dialect.hasChunks());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReplyCutAtAnyByteCompletesNothingThatIsNotWhole(Dialect dialect) {
    Random random = new Random(SEED);
    byte[] all = new RandomAnswers(dialect, random).bytes();
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
        assertThat(total >= InMemory.STATUS_BYTES || total % InMemory.BLOCK_BYTES == 0)
            .as("seed %d, case %d", SEED, round)
            .isTrue();
      }
    }
    assertMapIsWhole(answers, round);
  }

  /** As if the server had the same to say wherever it is asked. */
  private static void assertMapIsWhole(Map<String, Extents> answers, int round) {
    int[] asked = new int[1];
    StatusQuery query =
        new StatusQuery(
            NbdUri.parse("nbd://server/disk"),
            List.copyOf(InMemory.CONTEXTS.values()),
            0,
            InMemory.STATUS_BYTES,
            (offset, length) -> {
              assertThat(offset % InMemory.BLOCK_BYTES).as("case %d", round).isZero();
              asked[0]++;
              return Future.succeededFuture(answers);
            });
    query
        .run()
        .result()
        .values()
        .forEach(extents ->
            assertThat(extents.stream().mapToLong(NbdExtent::lengthBytes).sum())
                .as("seed %d, case %d", SEED, round)
                .isEqualTo(InMemory.STATUS_BYTES));
    assertThat(asked[0]).isLessThanOrEqualTo(InMemory.STATUS_BYTES / InMemory.BLOCK_BYTES);
  }

  /** Flips, overwrites, cuts, fills or repeats. */
  private static byte[] mutate(RandomAnswers good, Random random) {
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
        // Two pieces that change places are a lawful answer, with other content.
        boolean moved = false;
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          int place = good.somewhere(random);
          if (!(moved && good.isOffset(place))) {
            mutated[place] ^= (byte) (1 << random.nextInt(8));
            moved |= good.isOffset(place);
          }
        }
      }
    }
    return mutated;
  }
}

package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sample says of content whose kind is known. */
class ByteSampleTest {
  private static final int BLOCK = Geometry.BLOCK_BYTES;

  private final ByteSample sample = new ByteSample();

  @Test
  void noiseIsNoiseWhateverItsSeed() {
    assertThat(IntStream.range(0, 2000).filter(seed -> isNoise(noise(seed)))).hasSize(2000);
  }

  @Test
  void noiseBetweenZeroesIsNoise() {
    byte[] pages = noise(1);
    for (int at = 0; at < BLOCK; at += 4096) {
      Arrays.fill(pages, at + 2048, at + 4096, (byte) 0);
    }

    assertThat(isNoise(pages)).isTrue();
  }

  @Test
  void whatIsCompressedAlreadyIsNoise() {
    byte[] packed = Zstd.compress(text(1 << 20, 1), 3);

    assertThat(isNoise(Arrays.copyOfRange(packed, 4096, 4096 + BLOCK))).isTrue();
  }

  @Test
  void whatSomeBytesAreMoreFrequentInIsNoNoise() {
    byte[] base64 = Arrays.copyOf(Base64.getMimeEncoder().encode(noise(2)), BLOCK);
    byte[] numbers = changed(noise(3), (at, value) -> at % 4 == 3 ? at / 4096 : value);
    byte[] sevenBits = changed(noise(4), (at, value) -> value & 0x7f);
    byte[] half = changed(noise(5), (at, value) -> at % 1024 < 512 ? value : 'a' + value % 4);

    assertThat(Stream.of(text(BLOCK, 2), base64, numbers, sevenBits, half).filter(this::isNoise))
        .isEmpty();
  }

  @Test
  void whatIsAlmostEmptyOrShortIsNotJudged() {
    byte[] sparse = changed(noise(6), (at, value) -> at % 4096 < 64 ? value : 0);

    assertThat(isNoise(new byte[BLOCK])).isFalse();
    assertThat(isNoise(sparse)).isFalse();
    assertThat(sample.isNoise(ByteBuffer.wrap(noise(7)), 0, 1000)).isFalse();
  }

  @Test
  void onlyTheGivenBytesAreLookedAt() {
    ByteBuffer both = ByteBuffer.allocateDirect(2 * BLOCK).put(text(BLOCK, 3)).put(noise(8));

    assertThat(sample.isNoise(both, 0, BLOCK)).isFalse();
    assertThat(sample.isNoise(both, BLOCK, BLOCK)).isTrue();
    assertThat(both.position()).isEqualTo(2 * BLOCK);
  }

  @Test
  void pagesOfNoiseAndZeroesAreStoredAsShortAsByTheDenseLevel() {
    byte[] pages = changed(noise(9), (at, value) -> at % 4096 < 2048 ? value : 0);
    ByteBuffer direct = ByteBuffer.allocateDirect(BLOCK).put(pages);

    try (Scratch scratch = new Scratch()) {
      int stored = scratch.compress(direct, 0, BLOCK);
      assertThat(stored).isLessThanOrEqualTo(Zstd.compress(pages, 1).length * 101 / 100);
      assertThat(scratch.decompress(stored, scratch.plain)).isEqualTo(BLOCK);
      assertThat(scratch.plain.slice(0, BLOCK)).isEqualTo(ByteBuffer.wrap(pages));
    }
  }

  private boolean isNoise(byte[] content) {
    return sample.isNoise(ByteBuffer.wrap(content), 0, content.length);
  }

  private static byte[] noise(long seed) {
    byte[] content = new byte[BLOCK];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static byte[] text(int bytes, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(bytes + 32);
    while (text.length() < bytes) {
      text.append("request ").append(random.nextInt(1_000_000)).append(" took ");
      text.append(random.nextInt(500)).append(" ms\n");
    }
    return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), bytes);
  }

  private interface Change {
    int of(int at, int value);
  }

  private static byte[] changed(byte[] content, Change change) {
    byte[] result = new byte[content.length];
    for (int at = 0; at < result.length; at++) {
      result[at] = (byte) change.of(at, Byte.toUnsignedInt(content[at]));
    }
    return result;
  }
}

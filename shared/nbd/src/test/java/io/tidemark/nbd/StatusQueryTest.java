package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Extents;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Maps of a range, put together from answers that are shorter or longer than what was asked. */
class StatusQueryTest {
  private static final NbdUri URI = NbdUri.parse("nbd://server/disk");
  private static final Map<Integer, String> CONTEXTS = Map.of(1, "base:allocation", 2, "x:y");

  @Property(tries = 300)
  void whateverTheServersStepsTheMapIsTheSame(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 5000) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 7) int perReply,
      @ForAll boolean overrun) {
    List<NbdExtent> disk = new ArrayList<>();
    long end = 0;
    for (int length : lengths) {
      disk.add(new NbdExtent(end, length, disk.size() & 1));
      end += length;
    }
    long stop = end;
    StatusQuery query =
        new StatusQuery(
            URI,
            List.of("base:allocation", "x:y"),
            0,
            stop,
            (offset, length) -> {
              assertThat(offset + length).isLessThanOrEqualTo(stop);
              return answer(
                  offset,
                  length,
                  piece(disk, offset, perReply, overrun),
                  piece(disk, offset, 2 * perReply, false));
            });

    Map<String, List<NbdExtent>> map = query.run().result();

    assertThat(map.get("base:allocation")).isEqualTo(disk);
    assertThat(map.get("x:y")).isEqualTo(disk);
  }

  @Test
  void aMapOfTinyExtentsIsNotGatheredWithoutBound() {
    long[] tiny = new long[2 << 18];
    for (int i = 0; i < tiny.length; i += 2) {
      tiny[i] = 1;
      tiny[i + 1] = (i >> 1) & 1;
    }
    assertThat(askedUntilRefused(tiny, "nbd://server", "less at a time")).isLessThan(20);
  }

  @Test
  void aServerThatSaysTheSameOfEverySingleByteIsNotAskedForEver() {
    assertThat(askedUntilRefused(new long[] {1, 0}, "small pieces")).isLessThan(70_000);
  }

  @Test
  void aServerThatRepeatsWhatIsAlikeIsNotHeardForEver() {
    long[] alike = new long[2 << 18];
    for (int i = 0; i < alike.length; i += 2) {
      alike[i] = 1;
    }
    assertThat(askedUntilRefused(alike, "nbd://server")).isLessThan(100);
  }

  /** How often a server that always answers so is asked about a TiB before that is refused. */
  private static int askedUntilRefused(long[] extents, String... why) {
    int[] asked = new int[1];
    StatusQuery query =
        new StatusQuery(
            URI,
            List.of("base:allocation"),
            0,
            1L << 40,
            (offset, length) -> {
              asked[0]++;
              return answer(offset, length, extents, new long[] {1, 0});
            });

    assertThatThrownBy(() -> query.run().await())
        .isInstanceOf(NbdException.Unsupported.class)
        .hasMessageContainingAll(why);
    return asked[0];
  }

  /** Some extents from {@code offset} on, as lengths and flags. */
  private static long[] piece(List<NbdExtent> disk, long offset, int count, boolean overrun) {
    List<Long> numbers = new ArrayList<>();
    long reached = offset;
    for (NbdExtent extent : disk) {
      long stop = extent.offset() + extent.lengthBytes();
      if (stop > offset && numbers.size() < 2 * count) {
        numbers.add(stop - reached);
        numbers.add(extent.flags());
        reached = stop;
      }
    }
    NbdExtent last = disk.getLast();
    boolean toTheEnd = reached == last.offset() + last.lengthBytes();
    if (overrun && toTheEnd) {
      numbers.set(numbers.size() - 2, numbers.get(numbers.size() - 2) + 12_345);
    }
    return numbers.stream().mapToLong(n -> n).toArray();
  }

  private static Future<Map<String, Extents>> answer(
      long offset, long length, long[] first, long[] second) {
    Promise<Map<String, Extents>> promise = Promise.promise();
    Request request = new Request.BlockStatus(offset, length, 1, CONTEXTS, promise);
    ReplyDecoder decoder = new ReplyDecoder(Dialect.EXTENDED, new OnlyRequest(request));
    decoder.receive(chunk(offset, false, 1, first));
    decoder.receive(chunk(offset, true, 2, second));
    return promise.future();
  }

  private static ByteBuf chunk(long offset, boolean last, int context, long[] extents) {
    return Transcripts.chunk(
        Dialect.EXTENDED,
        offset,
        1,
        last,
        Wire.CHUNK_BLOCK_STATUS_EXT,
        Transcripts.status(Dialect.EXTENDED, context, extents));
  }
}

package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes gone wrong end in an error of ours, soon. Seeded as {@link MutatedTranscriptTest}. */
class HostileHandshakeTest {
  private static final int CASES = Integer.getInteger("nbd.fuzz.cases", 100_000);
  private static final long SEED = Long.getLong("nbd.fuzz.seed", System.nanoTime());
  private static final NbdUri URI = NbdUri.parse("nbd://server/disk");
  private static final NbdUri SECURE = NbdUri.parse("nbds://server/disk");
  private static final String BITMAP = "qemu:dirty-bitmap:b0";
  private static final String ALLOCATION = "base:allocation";
  private static final NbdOptions OPTIONS =
      NbdOptions.defaults().withMetaContexts(BITMAP, ALLOCATION);
  private static final Map<Integer, String> CONTEXTS = contexts();

  @ParameterizedTest
  @EnumSource(names = {"STRUCTURED", "EXTENDED"})
  void aMutatedHandshakeEndsInAnAgreementOrAnErrorOfOurs(Dialect dialect) {
    System.out.println(dialect + ": seed " + SEED);
    Random random = new Random(SEED);
    byte[] good = Transcripts.bytes(Transcripts.opening(dialect, CONTEXTS));
    Plan straight = Plan.open(URI, OPTIONS);
    assertThat(run(URI, straight, good, random)).isEqualTo(Handshake.Progress.DONE);
    assertThat(straight.agreement().dialect).isEqualTo(dialect);
    assertThat(straight.agreement().contexts).isEqualTo(CONTEXTS);

    fuzz(
        good,
        random,
        () -> Plan.open(URI, OPTIONS),
        plan -> {
          assertThat(plan.agreement().contexts.values())
              .containsExactlyInAnyOrder(BITMAP, ALLOCATION);
          NbdExport export = plan.agreement().negotiated(OPTIONS.metaContexts()).export();
          assertThat(export.sizeBytes()).isNotNegative();
          assertThat(export.sizeBytes() % export.minBlockBytes()).isZero();
          assertThat(export.preferredBlockBytes()).isGreaterThanOrEqualTo(512);
          assertThat(export.maxPayloadBytes())
              .isBetween(export.preferredBlockBytes(), 1 << 25)
              .satisfies(max -> assertThat(max % export.minBlockBytes()).isZero());
        });
  }

  @Test
  void aMutatedListIsAListOrAnErrorOfOurs() {
    System.out.println("seed " + SEED);
    ByteBuf good = Transcripts.greeting();
    good.writeBytes(Transcripts.listed("", "the default"));
    good.writeBytes(Transcripts.listed("disk", ""));
    good.writeBytes(Transcripts.ack(Wire.OPT_LIST));

    fuzz(
        Transcripts.bytes(good),
        new Random(SEED),
        () -> Plan.list(URI),
        plan -> assertThat(plan.agreement().exports).hasSizeLessThanOrEqualTo(2));
  }

  @Test
  void aHandshakeCutAtAnyByteWaitsForTheRest() {
    byte[] good = Transcripts.bytes(Transcripts.opening(Dialect.EXTENDED, CONTEXTS));
    for (int length = 0; length < good.length; length++) {
      Plan plan = Plan.open(URI, OPTIONS);
      assertThat(run(URI, plan, Arrays.copyOf(good, length), new Random(length)))
          .isEqualTo(Handshake.Progress.WAITING);
    }
  }

  @Test
  void optionRepliesWithoutEndAreCaught() {
    ByteBuf go = Transcripts.opening(Dialect.STRUCTURED, Map.of());
    go.writerIndex(go.writerIndex() - 20);
    ByteBuf unknown = Unpooled.buffer().writeShort(99);
    assertEndless(
        Plan.open(URI, NbdOptions.defaults()),
        go,
        Transcripts.optionReply(Wire.OPT_GO, Wire.REP_INFO, unknown));
    assertEndless(Plan.list(URI), Transcripts.greeting(), Transcripts.listed("again", "and again"));
    assertEndless(
        Plan.list(URI), Transcripts.greeting(), Transcripts.listed("", "x".repeat(60_000)));
    assertEndless(
        Plan.metaContexts(URI, List.of()),
        Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS)),
        Transcripts.optionReply(
            Wire.OPT_LIST_META_CONTEXT, Wire.REP_META_CONTEXT, Transcripts.context(0, "a:b")));
  }

  private static void assertEndless(Plan plan, ByteBuf begin, ByteBuf repeated) {
    Handshake handshake = new Handshake(URI, plan, ByteBuf::release);
    handshake.receive(begin);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                handshake.receive(repeated.duplicate());
              }
            })
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("don't end");
  }

  @Test
  void plaintextBehindTheBeginOfTlsIsRefused() {
    ByteBuf injected = Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS));
    injected.writeBytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS));
    Handshake handshake =
        new Handshake(SECURE, Plan.open(SECURE, NbdOptions.defaults()), ByteBuf::release);

    assertThatThrownBy(() -> handshake.receive(injected))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("plaintext");
  }

  @Test
  void noOptionIsSentInPlaintextWhereTlsIsDemanded() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    ByteBuf begin = Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS));
    byte[] good =
        Transcripts.bytes(
            begin.writeBytes(Transcripts.opening(Dialect.EXTENDED, Map.of()).skipBytes(18)));
    for (int i = 0; i < CASES; i++) {
      List<Integer> sent = new ArrayList<>();
      Handshake handshake =
          new Handshake(
              SECURE,
              Plan.open(SECURE, NbdOptions.defaults()),
              out -> {
                if (out.readableBytes() >= 16) {
                  sent.add(out.getInt(8));
                }
              });
      ByteBuf received = Unpooled.buffer();
      try {
        Handshake.Progress progress = Handshake.Progress.WAITING;
        byte[] mutated = mutate(good, random);
        for (int at = 0; at < mutated.length && progress == Handshake.Progress.WAITING; ) {
          int bytes = Math.min(mutated.length - at, 1 + random.nextInt(64));
          received.writeBytes(mutated, at, bytes);
          at += bytes;
          progress = handshake.receive(received);
        }
        assertThat(progress).as("seed %d, case %d", SEED, i).isNotEqualTo(Handshake.Progress.DONE);
      } catch (NbdException expected) {
        assertThat(expected).hasMessageContaining("nbds://server");
      }
      assertThat(sent)
          .as("seed %d, case %d", SEED, i)
          .isSubsetOf(Wire.OPT_STARTTLS, Wire.OPT_ABORT);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4", "9"})
  void aServerThatRefusesTlsIsNotTalkedToWithoutIt(int error) {
    ByteBuf refusal = Transcripts.greeting();
    refusal.writeBytes(Transcripts.error(Wire.OPT_STARTTLS, error, "no TLS here"));
    Plan plan = Plan.open(SECURE, NbdOptions.defaults());

    assertThatThrownBy(() -> run(SECURE, plan, Transcripts.bytes(refusal), new Random(error)))
        .isInstanceOf(NbdException.Refused.class)
        .hasMessageContaining("TLS")
        .hasMessageContaining("no TLS here");
  }

  @Test
  void aServerThatDemandsTlsIsSaidToDoSo() {
    ByteBuf demand = Transcripts.greeting();
    demand.writeBytes(Transcripts.error(Wire.OPT_EXTENDED_HEADERS, Wire.ERR_TLS_REQD, ""));
    Plan plan = Plan.open(URI, NbdOptions.defaults());

    assertThatThrownBy(() -> run(URI, plan, Transcripts.bytes(demand), new Random(1)))
        .isInstanceOf(NbdException.Refused.class)
        .hasMessageContaining("nbds://");
  }

  @ParameterizedTest
  @CsvSource({
    "8000000000000000, 1, beyond 2^63",
    "ffffffffffffffff, 1, beyond 2^63",
    "0000000000100000, 0, no transmission flags"
  })
  void anExportThatCanNotBeIsRefused(String size, int flags, String complaint) {
    ByteBuf begin = Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS));
    begin.writeBytes(Transcripts.information(Wire.OPT_GO, Long.parseUnsignedLong(size, 16), flags));
    Plan plan = Plan.open(URI, NbdOptions.defaults());

    assertThatThrownBy(() -> run(URI, plan, Transcripts.bytes(begin), new Random(1)))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 512, 1",
    "1, 4096, 512",
    "512, 512, 511",
    "0, 512, 4096",
    "3, 4096, 1048576",
    "131072, 131072, 1048576",
    "1, 256, 1048576",
    "4096, 512, 1048576",
    "1, 4097, 1048576"
  })
  void blockSizesThatCanNotBeAreRefused(int min, int preferred, int max) {
    ByteBuf information =
        Transcripts.information(
            Wire.OPT_GO, Transcripts.SIZE, Transcripts.FLAGS, min, preferred, max);
    ByteBuf opening = Transcripts.opening(Dialect.STRUCTURED, Map.of(), information);
    Plan plan = Plan.open(URI, NbdOptions.defaults());

    assertThatThrownBy(() -> run(URI, plan, Transcripts.bytes(opening), new Random(1)))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("block sizes");
  }

  @Test
  void asManyExportsAsMayBeAreListed() {
    ByteBuf listed = Transcripts.greeting();
    for (int i = 0; i < NbdClient.MAX_LISTED; i++) {
      listed.writeBytes(Transcripts.listed("disk" + i, ""));
    }
    listed.writeBytes(Transcripts.ack(Wire.OPT_LIST));
    Plan plan = Plan.list(URI);

    assertThat(run(URI, plan, Transcripts.bytes(listed), new Random(1)))
        .isEqualTo(Handshake.Progress.DONE);
    assertThat(plan.agreement().exports).hasSize(NbdClient.MAX_LISTED);
  }

  @ParameterizedTest
  @CsvSource({
    "an old greeting, 4e42444d41474943 00420281861253",
    "no greeting, 5353482d322e302d4f70656e535348",
    "not fixed newstyle, 4e42444d41474943 49484156454F5054 0000"
  })
  void aServerThatCanNotNegotiateIsRefused(String what, String hex) {
    byte[] bytes = Arrays.copyOf(java.util.HexFormat.of().parseHex(hex.replace(" ", "")), 18);
    Plan plan = Plan.open(URI, NbdOptions.defaults());

    assertThatThrownBy(() -> run(URI, plan, bytes, new Random(1)))
        .as(what)
        .isInstanceOf(NbdException.Protocol.class);
  }

  @Test
  void anAcknowledgementWithoutTheExportsSizeIsRefused() {
    ByteBuf begin = Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS));
    begin.writeBytes(Transcripts.ack(Wire.OPT_GO));
    Plan plan = Plan.open(URI, NbdOptions.defaults());

    assertThatThrownBy(() -> run(URI, plan, Transcripts.bytes(begin), new Random(1)))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("size");
  }

  private static void fuzz(
      byte[] good,
      Random random,
      Supplier<Plan> plans,
      java.util.function.Consumer<Plan> whenAgreed) {
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      Plan plan = plans.get();
      try {
        if (run(URI, plan, mutate(good, random), random) == Handshake.Progress.DONE) {
          whenAgreed.accept(plan);
        }
      } catch (NbdException expected) {
        assertThat(expected).as("seed %d, case %d", SEED, i).hasMessageContaining("nbd://server");
        refused++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ", case " + i, e);
      }
    }
    assertThat(refused).as("mutations must matter").isGreaterThan(CASES / 4);
  }

  private static Handshake.Progress run(NbdUri uri, Plan plan, byte[] transcript, Random random) {
    Handshake handshake = new Handshake(uri, plan, ByteBuf::release);
    ByteBuf received = Unpooled.buffer();
    Handshake.Progress progress = Handshake.Progress.WAITING;
    for (int at = 0; at < transcript.length && progress == Handshake.Progress.WAITING; ) {
      int bytes = Math.min(transcript.length - at, 1 + random.nextInt(64));
      received.writeBytes(transcript, at, bytes);
      at += bytes;
      progress = handshake.receive(received);
    }
    return progress;
  }

  /** Flips, overwrites, cuts or repeats. */
  private static byte[] mutate(byte[] good, Random random) {
    int at = random.nextInt(good.length);
    byte[] mutated = good.clone();
    switch (random.nextInt(4)) {
      case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> mutated[at] = (byte) random.nextInt();
      case 2 -> mutated = Arrays.copyOf(good, at);
      default -> {
        int other = random.nextInt(good.length);
        System.arraycopy(good, other, mutated, at, Math.min(8, good.length - Math.max(at, other)));
      }
    }
    return mutated;
  }

  private static Map<Integer, String> contexts() {
    Map<Integer, String> contexts = new LinkedHashMap<>();
    contexts.put(7, BITMAP);
    contexts.put(9, ALLOCATION);
    return contexts;
  }
}

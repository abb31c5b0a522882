package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream of reads, and extents that aren't the export's. */
@Timeout(60)
class ReadStreamTest extends ServerTest {

  @Test
  void anExtentThatIsNoWholeBlockEndsTheStreamWithItsError() {
    byte[] opening =
        Transcripts.bytes(
            Transcripts.opening(
                Dialect.SIMPLE,
                Map.of(),
                Transcripts.information(Wire.OPT_GO, MIB, Transcripts.FLAGS, 4096, 4096, 1 << 25)));
    FakeServer server =
        FakeServer.start(
            vertx, directory.resolve("fake.sock"), FakeServer.answer(opening, AskedFor::succeed));
    NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
    Promise<Void> end = Promise.promise();

    vertx.runOnContext(v ->
        NbdReadStream.of(
                vertx,
                connection,
                List.of(new NbdExtent(0, 4096, 0), new NbdExtent(4096, 512, 0)).iterator(),
                4096,
                4)
            .exceptionHandler(end::fail)
            .endHandler(end::complete)
            .handler(block -> block.bytes().release()));

    assertThatThrownBy(() -> end.future().await())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("512 bytes at 4096");
  }
}

package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
  private static final int BLOCK = 65_536;
  private static final List<String> POINTS = List.of("p0", "p1", "p2", "p3");

  @TempDir private Path directory;
  private Repository repository;
  private final List<Manifest> points = new ArrayList<>();

  @BeforeEach
  void backUpFourTimes() {
    repository = Repository.create(directory.resolve("r"));
    byte[] content = new byte[8 * BLOCK];
    new Random(1).nextBytes(content);
    Optional<Manifest> parent = Optional.empty();
    for (String id : POINTS) {
      content[points.size() * BLOCK]++;
      points.add(Fixture.publish(repository, id, content, parent));
      parent = Optional.of(points.getLast());
    }
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void whatWasInterruptedGoesOnWhereItStopped() throws IOException {
    damage(points.get(0));
    VerifyReport whole =
        Verifier.verify(repository, POINTS, VerifyPlan.full(), VerifyListener.NONE);
    assertThat(whole.damaged()).isNotEmpty();
    for (int stop = 1; stop <= 4; stop++) {
      Interrupting first = new Interrupting(stop);
      assertThatThrownBy(() -> Verifier.verify(repository, POINTS, VerifyPlan.full(), first))
          .isInstanceOf(CancellationException.class);
      Interrupting second = new Interrupting(Integer.MAX_VALUE);

      VerifyReport resumed =
          Verifier.verify(repository, POINTS, VerifyPlan.full().resumedFrom(first.last), second);

      assertThat(resumed.damaged()).isEqualTo(whole.damaged());
      assertThat(second.packs).as("packs that were read again").isEqualTo(4 - stop);
    }
  }

  @Test
  void aLimitIsKept() {
    long blocks = 11L * BLOCK;
    long start = System.nanoTime();

    VerifyReport report =
        Verifier.verify(
            repository, POINTS, VerifyPlan.full().limitedTo(blocks * 4), VerifyListener.NONE);

    assertThat(report.ok()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(240));
  }

  @Test
  void theQuickWayFindsWhatIsMissingButDoesNotReadBlocks() throws IOException {
    damage(points.get(0));

    VerifyReport quick =
        Verifier.verify(repository, POINTS, VerifyPlan.quick(), VerifyListener.NONE);

    assertThat(quick.ok()).isTrue();
    assertThat(quick.checkedBytes())
        .isLessThan(
            Verifier.verify(repository, POINTS, VerifyPlan.full(), VerifyListener.NONE)
                .checkedBytes());
  }

  /** Flips a bit in the first frame's payload. */
  private void damage(Manifest point) throws IOException {
    Path pack = repository.directory().resolve(Layout.pack(point.packs().getFirst()));
    try (FileChannel file =
        FileChannel.open(pack, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long at = PackFormat.HEADER_BYTES + PackFormat.FRAME_HEADER_BYTES + 100;
      file.read(one, at);
      file.write(one.put(0, (byte) (one.get(0) ^ 1)).rewind(), at);
    }
  }

  /** Stops after so many packs. */
  private static final class Interrupting implements VerifyListener {
    private final int stopAfter;
    private VerifyState last = VerifyState.START;
    private int packs;

    Interrupting(int stopAfter) {
      this.stopAfter = stopAfter;
    }

    @Override
    public void progress(long doneBytes, long totalBytes) {}

    @Override
    public void reached(VerifyState state) {
      last = state;
      packs++;
      if (packs == stopAfter) {
        throw new CancellationException();
      }
    }
  }
}

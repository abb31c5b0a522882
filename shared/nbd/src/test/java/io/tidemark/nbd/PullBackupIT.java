package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A backup job of QEMU as the extractor meets it. */
class PullBackupIT extends ServerTest {
  private static final int GRANULE = 64 * 1024;

  private PullBackup backup;
  private NbdConnection live;

  @BeforeEach
  void startDisk() {
    backup = new PullBackup(directory);
    live = client.connect(backup.uri("live"), OPTIONS).await();
  }

  @AfterEach
  void stopDisk() {
    live.close().await();
    backup.close();
  }

  @Test
  void theFrozenDiskAndItsDirtyMapStayAsTheyWereWhileTheGuestWrites() {
    live.write(0, filled(GRANULE, 0xa1)).await();
    live.write(MIB, filled(4096, 0xa2)).await();
    live.writeZeroes(512L * MIB, 4 * GRANULE).await();
    live.flush().await();
    backup.begin();

    live.write(0, filled(GRANULE, 0xff)).await();
    live.write(300L * MIB, filled(GRANULE, 0xff)).await();

    NbdConnection frozen =
        client
            .connect(
                backup.uri("backup"),
                OPTIONS.withMetaContexts("base:allocation", PullBackup.CONTEXT))
            .await();
    assertThat(frozen.blockStatus(PullBackup.CONTEXT, 0, PullBackup.SIZE).await())
        .filteredOn(extent -> extent.flags() == 1)
        .containsExactly(
            new NbdExtent(0, GRANULE, 1),
            new NbdExtent(MIB, GRANULE, 1),
            new NbdExtent(512L * MIB, 4 * GRANULE, 1));
    assertThat(read(frozen, 0, GRANULE)).containsOnly(0xa1);
    assertThat(read(frozen, 300L * MIB, GRANULE)).containsOnly(0);
    assertThat(read(live, 0, GRANULE)).containsOnly(0xff);
    frozen.close().await();
  }

  @Test
  void anAbortedBackupFailsEveryReadAndIsNeverTakenForTheEndOfTheDisk() {
    live.write(0, filled(MIB, 1)).await();
    backup.begin();
    NbdConnection frozen = client.connect(backup.uri("backup"), OPTIONS).await();
    List<Future<Void>> reads = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      reads.add(frozen.read(i * 4096L, 4096, Unpooled.buffer(4096)));
    }

    backup.abort();
    Future.join(reads).otherwiseEmpty().await();

    assertThat(reads).allMatch(Future::isComplete);
    assertThat(frozen.lost().await()).isInstanceOf(NbdException.Closed.class);
    assertThatThrownBy(() -> read(frozen, 0, 512))
        .isInstanceOfSatisfying(NbdException.Closed.class, e -> assertThat(e.retryable()).isTrue());
    assertThatThrownBy(() -> client.connect(backup.uri("backup"), OPTIONS).await())
        .isInstanceOf(NbdException.Refused.class);
  }
}

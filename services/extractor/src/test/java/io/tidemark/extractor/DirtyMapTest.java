package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdExtent;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirtyMapTest {
  private static final long BLOCK = 65_536;

  @Test
  void aBitmapOfADiskOfTheSameSizeIsTrustedToTheLastByte() {
    assertThat(DirtyMap.trustedBytes(incremental(10 * BLOCK + 512, 10 * BLOCK + 512)))
        .isEqualTo(10 * BLOCK + 512);
  }

  @Test
  void aBitmapOfADiskThatGrewIsTrustedToTheLastWholeBlockOfItsParent() {
    assertThat(DirtyMap.trustedBytes(incremental(20 * BLOCK, 10 * BLOCK + 512)))
        .isEqualTo(10 * BLOCK);
  }

  @Test
  void aBitmapOfADiskThatShrankIsTrustedToItsOwnLastWholeBlock() {
    assertThat(DirtyMap.trustedBytes(incremental(5 * BLOCK + 512, 10 * BLOCK)))
        .isEqualTo(5 * BLOCK);
  }

  @Test
  void nothingIsTrustedOfADiskThatIsReadWhole() {
    assertThat(DirtyMap.trustedBytes(disk(DiskMode.FULL, 10 * BLOCK, Optional.empty(), 10 * BLOCK)))
        .isZero();
  }

  @Test
  void whatItsTakerThrowsFailsTheReadingAtWhateverExtent() {
    long size = 3 * DirtyMap.WINDOW_BYTES;
    for (int bad = 1; bad <= 4; bad++) {
      int failing = bad;
      List<Long> taken = new ArrayList<>();

      Future<Void> read =
          DirtyMap.of(allDirty(), incremental(size, 2 * DirtyMap.WINDOW_BYTES))
              .read(
                  new ByteRange(0, size),
                  (offset, length) -> {
                    if (taken.size() + 1 == failing) {
                      throw new IllegalStateException("extent " + failing);
                    }
                    taken.add(offset);
                  });

      if (failing < 4) {
        assertThat(read.cause()).hasMessage("extent " + failing);
        assertThat(taken).hasSize(failing - 1);
      } else {
        assertThat(read.succeeded()).isTrue();
        assertThat(taken).containsExactly(0L, DirtyMap.WINDOW_BYTES, 2 * DirtyMap.WINDOW_BYTES);
      }
    }
  }

  /** An export that calls all that it is asked for dirty. */
  private static NbdConnection allDirty() {
    return (NbdConnection)
        Proxy.newProxyInstance(
            DirtyMapTest.class.getClassLoader(),
            new Class<?>[] {NbdConnection.class},
            (proxy, method, arguments) ->
                Future.succeededFuture(
                    List.of(new NbdExtent((long) arguments[1], (long) arguments[2], 1))));
  }

  private static BackupDisk incremental(long sizeBytes, long parentBytes) {
    return disk(DiskMode.INCREMENTAL, sizeBytes, Optional.of("qemu:dirty-bitmap:b0"), parentBytes);
  }

  private static BackupDisk disk(
      DiskMode mode, long sizeBytes, Optional<String> metaContext, long parentBytes) {
    return new BackupDisk(
        "vda",
        "/dev/vg0/web1",
        "raw",
        sizeBytes,
        "nbd://localhost/vda",
        metaContext,
        mode,
        Optional.empty(),
        true,
        Optional.of(new ParentDisk("vda", parentBytes, "nil", true)));
  }
}

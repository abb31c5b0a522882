package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
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

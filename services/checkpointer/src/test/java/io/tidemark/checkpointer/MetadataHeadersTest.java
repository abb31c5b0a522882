package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.DomainXml;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataHeadersTest {
  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void theBitmapOfAnImageThatCanNotBeReadIsNotTrusted() {
    Disk disk =
        disk(
            "<source file='"
                + directory.resolve("missing.qcow2")
                + "'><dataStore type='file'><format type='raw'/><source file='/raw/vda'/>"
                + "</dataStore></source>");

    assertThat(new MetadataHeaders(vertx).whyDoubted(disk).await())
        .contains(DiskModes.UNKNOWN_DATA_FILE);
  }

  @Test
  void aDiskWithoutADataStoreHasNothingToCompare() {
    Disk disk = disk("<source file='/images/vda.qcow2'/>");

    assertThat(new MetadataHeaders(vertx).whyDoubted(disk).await()).isEmpty();
  }

  private static Disk disk(String source) {
    return new DomainXml(
            "<domain><devices><disk type='file' device='disk'>"
                + "<driver name='qemu' type='qcow2'/>"
                + source
                + "<target dev='vda' bus='virtio'/></disk></devices></domain>")
        .disk("vda")
        .orElseThrow();
  }
}

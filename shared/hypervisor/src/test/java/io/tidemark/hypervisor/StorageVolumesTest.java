package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools of libvirt's own test driver, which needs no daemon. */
class StorageVolumesTest {
  private static final String NODE =
      """
      <node>
        <pool type='dir'>
          <name>images</name>
          <target><path>/images</path></target>
          <volume type='file'>
            <name>web.img</name>
            <capacity>1048576</capacity>
            <target><path>/images/web.img</path><format type='raw'/></target>
          </volume>
        </pool>
      </node>
      """;

  @Test
  void aVolumeIsFoundByItsPoolAndName(@TempDir Path directory) throws IOException {
    Path node = Files.writeString(directory.resolve("node.xml"), NODE);
    Vertx vertx = Vertx.vertx();
    Hypervisor hypervisor = LibvirtHypervisor.create(vertx, "test://" + node);
    try {
      assertThat(hypervisor.volumePath("images", "web.img").await()).contains("/images/web.img");
      assertThat(hypervisor.volumePath("images", "other.img").await()).isEmpty();
      assertThat(hypervisor.volumePath("nowhere", "web.img").await()).isEmpty();
    } finally {
      hypervisor.close().await();
      vertx.close().await();
    }
  }
}

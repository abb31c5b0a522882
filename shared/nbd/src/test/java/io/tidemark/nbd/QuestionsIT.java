package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What servers tell without opening an export. */
class QuestionsIT extends ServerTest {

  @Test
  void theExportsOfAServerAreListed() {
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=exportname",
            "memory",
            "4M",
            "exportname-list=explicit",
            "exportname=a",
            "exportname=b/ä c")) {

      assertThat(client.list(server.uri("whatever"), OPTIONS).await())
          .extracting(NbdExportName::name)
          .containsExactly("a", "b/ä c");
    }
  }

  @Test
  void aListHasDescriptions() throws IOException {
    randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(
            directory, "-r", "-f", "raw", "-x", "vda", "-D", "first disk", file("disk.raw"))) {

      assertThat(client.list(server.uri(""), OPTIONS).await())
          .containsExactly(new NbdExportName("vda", "first disk"));
    }
  }

  @Test
  void anExportIsAskedAboutWithoutOpeningIt() throws IOException {
    randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", "-x", "vda", file("disk.raw"))) {

      NbdExport export =
          client.info(server.uri("vda"), OPTIONS.withMetaContexts("base:allocation")).await();

      assertThat(export.sizeBytes()).isEqualTo(MIB);
      assertThat(export.flags().readOnly()).isTrue();
      assertThat(export.metaContexts()).containsExactly("base:allocation");
      assertThatThrownBy(() -> client.info(server.uri("vdb"), OPTIONS).await())
          .isInstanceOf(NbdException.Refused.class)
          .hasMessageContaining("vdb");
    }
  }

  @Test
  void theMetadataContextsOfAnExportAreListed() {
    Bitmaps.diskWithDirtyBitmap(directory);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "qcow2", "-B", "b0", file("s.qcow2"))) {

      assertThat(client.listMetaContexts(server.uri(""), OPTIONS).await())
          .containsExactlyInAnyOrder("base:allocation", "qemu:dirty-bitmap:b0");
      assertThat(client.listMetaContexts(server.uri(""), OPTIONS, "qemu:dirty-bitmap:").await())
          .containsExactly("qemu:dirty-bitmap:b0");
    }
  }
}

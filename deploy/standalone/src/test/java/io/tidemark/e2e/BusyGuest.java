package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.demo.RestoreProof;
import io.tidemark.lab.LabGuest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A real Linux guest with a real file system that never stops writing. */
abstract class BusyGuest {
  private final TestSuite suite;
  private final Path directory;

  /**
   * @param directory of these tests alone
   */
  BusyGuest(TestSuite suite, Path directory) {
    this.suite = suite;
    this.directory = directory;
  }

  @Test
  void aFullAndThreeIncrementalsOfABusyGuestRestoreToWhatTheGuestReported() {
    LabGuest guest = suite.lab().bootGuest("busy", "192M");
    ProtectedVm<LabGuest> vm = new ProtectedVm<>(suite.cli(), guest);
    vm.awaitKnown();
    guest.exec("mkdir -p /data/files /data/busy && sync");
    suite.cli().json("convert", guest.name(), "--restart");
    vm.awaitState("running");
    keepWriting(guest);
    Map<JsonNode, String> reported = new LinkedHashMap<>();

    for (int round = 0; round < 4; round++) {
      change(guest, round);
      String checksums = guest.exec("cd /data/files && sha256sum *").strip();
      reported.put(vm.backup(), checksums);
    }

    assertThat(reported.keySet().stream().map(p -> p.path("kind").asText()))
        .containsExactly("full", "incremental", "incremental", "incremental");
    reported.forEach((point, checksums) -> assertRestores(vm, point, checksums));
    guest.destroy();
  }

  private static void keepWriting(LabGuest guest) {
    guest.exec(
        "(while :; do dd if=/dev/urandom of=/data/busy/log bs=64k count=16 conv=fsync 2>/dev/null;"
            + " done) >/dev/null 2>&1 &");
  }

  private static void change(LabGuest guest, int round) {
    guest.exec(
        "cd /data/files && for i in 1 2 3 4; do"
            + (" dd if=/dev/urandom of=r" + round + "-$i bs=64k count=5 2>/dev/null; done")
            + (round > 0 ? " && rm r" + (round - 1) + "-1" : "")
            + (round > 1 ? " && dd if=/dev/zero of=r0-2 bs=64k count=5 conv=notrunc" : "")
            + " && sync && fstrim /data");
  }

  private void assertRestores(ProtectedVm<LabGuest> vm, JsonNode point, String checksums) {
    Path disk = vm.restore(point, "vda", directory);
    RestoreProof.checkFileSystem(disk);
    List<String> restored =
        RestoreProof.checksums(disk, disk.resolveSibling(disk.getFileName() + ".files"))
            .lines()
            .sorted()
            .toList();
    assertThat(restored).isEqualTo(checksums.lines().sorted().toList());
  }
}

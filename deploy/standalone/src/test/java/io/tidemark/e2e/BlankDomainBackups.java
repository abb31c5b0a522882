package io.tidemark.e2e;

import static io.tidemark.e2e.ProtectedVm.assertSameContent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Backups and restores of domains without operating system, whose disks the tests write through
 * QEMU itself.
 */
abstract class BlankDomainBackups {
  private static final long MIB = 1024 * 1024;
  private final TestSuite suite;
  private final Path directory;

  /**
   * @param directory of these tests alone
   */
  BlankDomainBackups(TestSuite suite, Path directory) {
    this.suite = suite;
    this.directory = directory;
  }

  @Test
  void zeroedAndTrimmedRangesAreRestoredAsZeroes() throws IOException {
    BlankDomain domain = suite.lab().blankDomain("zeroes", 64 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 8 * MIB, 0x11);
    domain.flush("vda");
    JsonNode full = vm.backup();
    domain.zero("vda", MIB, MIB);
    domain.discard("vda", 3 * MIB, MIB);
    domain.write("vda", 5 * MIB, 4096, 0);
    domain.flush("vda");

    JsonNode incremental = vm.backup();

    assertThat(full.path("kind").asText()).isEqualTo("full");
    assertThat(incremental.path("kind").asText()).isEqualTo("incremental");
    assertThat(incremental.path("parent").asText()).isEqualTo(full.path("id").asText());
    assertThat(incremental.at("/disks/0/changedBytes").asLong()).isGreaterThanOrEqualTo(2 * MIB);
    Path restored = vm.restore(incremental, "vda", directory);
    assertSameContent(domain.rawDisk("vda"), restored);
    assertThat(byteAt(restored, MIB)).isZero();
    assertThat(byteAt(restored, 3 * MIB)).isZero();
    assertThat(byteAt(vm.restore(full, "vda", directory), MIB)).isEqualTo(0x11);
  }

  @Test
  void aDiskWhoseSizeIsNoMultipleOfTheBlockIsRestoredToTheByte() throws IOException {
    long odd = 40 * MIB + 512 * 77;
    BlankDomain domain = suite.lab().blankDomain("odd", odd);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", odd - 512, 512, 0x5a);
    domain.flush("vda");
    JsonNode full = vm.backup();
    domain.write("vda", odd - 1024, 512, 0x5b);
    domain.flush("vda");

    JsonNode incremental = vm.backup();

    assertThat(full.at("/disks/0/sizeBytes").asLong()).isEqualTo(odd);
    Path restored = vm.restore(incremental, "vda", directory);
    assertThat(Files.size(restored)).isEqualTo(odd);
    assertSameContent(domain.rawDisk("vda"), restored);
  }

  @Test
  void disksAreFrozenAtOneInstant() throws Exception {
    BlankDomain domain = suite.lab().blankDomain("pair", 16 * MIB, 16 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> countUpOnBothDisks(domain, enough));

    JsonNode first = vm.backup();
    JsonNode second = vm.backup();
    enough.set(true);
    writer.get();

    for (JsonNode point : new JsonNode[] {first, second}) {
      int vda = byteAt(vm.restore(point, "vda", directory), 0);
      int vdb = byteAt(vm.restore(point, "vdb", directory), 0);
      assertThat(vda - vdb).as("vda is written first, vdb next").isBetween(0, 1);
    }
  }

  @Test
  void bitmapsSurviveAPowerCycle() {
    BlankDomain domain = suite.lab().blankDomain("cycle", 32 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 16 * MIB, 0x21);
    vm.backup();
    domain.write("vda", 4 * MIB, MIB, 0x22);
    domain.shutdown();
    domain.start();
    domain.write("vda", 20 * MIB, MIB, 0x23);
    domain.flush("vda");

    JsonNode point = vm.backup();

    assertThat(point.path("kind").asText()).isEqualTo("incremental");
    assertThat(point.at("/disks/0/readBytes").asLong()).isLessThan(8 * MIB);
    assertSameContent(domain.rawDisk("vda"), vm.restore(point, "vda", directory));
  }

  @Test
  void afterSigkillOfQemuEverythingIsReadAndOnlyWhatChangedIsStored() {
    BlankDomain domain = suite.lab().blankDomain("crash", 32 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 16 * MIB, 0x31);
    domain.flush("vda");
    vm.backup();
    domain.write("vda", 2 * MIB, MIB, 0x32);
    domain.flush("vda");
    domain.killQemu();
    domain.start();

    JsonNode point = vm.backup();
    domain.write("vda", 9 * MIB, MIB, 0x33);
    domain.flush("vda");
    JsonNode next = vm.backup();

    assertThat(point.at("/disks/0/mode").asText()).isEqualTo("full");
    assertThat(point.at("/disks/0/reason").asText()).contains("bitmap");
    assertThat(point.at("/disks/0/readBytes").asLong()).isEqualTo(32 * MIB);
    assertThat(point.at("/disks/0/changedBytes").asLong()).isEqualTo(MIB);
    assertThat(next.path("kind").asText()).isEqualTo("incremental");
    assertSameContent(domain.rawDisk("vda"), vm.restore(next, "vda", directory));
  }

  @Test
  void aRawDiskThatCannotKeepABitmapIsBackedUpWholeAndTheReplySaysWhy() {
    BlankDomain domain = suite.lab().blankDomain("plain", 16 * MIB);
    ProtectedVm<BlankDomain> vm = new ProtectedVm<>(suite.cli(), domain);
    vm.awaitKnown();
    domain.write("vda", 0, MIB, 0x41);
    domain.flush("vda");

    JsonNode point = vm.backup();

    assertThat(point.path("kind").asText()).isEqualTo("full");
    assertThat(point.at("/disks/0/reason").asText()).contains("convert");
    assertSameContent(domain.rawDisk("vda"), vm.restore(point, "vda", directory));
  }

  @Test
  void convertingAndRevertingLeavesTheRawDiskAndTheXmlAsTheyWere() throws IOException {
    BlankDomain domain = suite.lab().blankDomain("revert", 16 * MIB);
    ProtectedVm<BlankDomain> vm = new ProtectedVm<>(suite.cli(), domain);
    vm.awaitKnown();
    domain.write("vda", 0, MIB, 0x51);
    domain.shutdown();
    vm.awaitState("shut-off");
    Path before = Files.copy(domain.rawDisk("vda"), directory.resolve("before.raw"));
    String xmlBefore = suite.lab().virsh("dumpxml", "--inactive", domain.name());

    JsonNode plan = suite.cli().json("convert", domain.name(), "--plan");
    String xmlAfterPlan = suite.lab().virsh("dumpxml", "--inactive", domain.name());
    JsonNode applied = suite.cli().json("convert", domain.name());
    suite.cli().json("convert", domain.name(), "--revert");

    assertThat(plan.path("xmlDiff").asText()).contains("dataStore");
    assertThat(xmlAfterPlan).isEqualTo(xmlBefore);
    assertThat(applied.at("/disks/0/sha256Before").asText())
        .hasSize(64)
        .isEqualTo(applied.at("/disks/0/sha256After").asText());
    assertThat(suite.lab().virsh("dumpxml", "--inactive", domain.name())).isEqualTo(xmlBefore);
    assertSameContent(before, domain.rawDisk("vda"));
  }

  private static void countUpOnBothDisks(BlankDomain domain, AtomicBoolean enough) {
    for (int n = 1; n < 256 && !enough.get(); n++) {
      domain.write("vda", 0, 512, n);
      domain.write("vdb", 0, 512, n);
    }
  }

  private static int byteAt(Path file, long offset) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "r")) {
      raw.seek(offset);
      return raw.read();
    }
  }
}

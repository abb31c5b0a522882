package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each a clear error that names the thing, and nothing half-done left behind. */
abstract class WrongInput {
  private static final long MIB = 1024 * 1024;
  private final TestSuite suite;
  private final Path directory;

  /**
   * @param directory of these tests alone
   */
  WrongInput(TestSuite suite, Path directory) {
    this.suite = suite;
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup", "convert", "vm"})
  void anUnknownVmIsNamed(String command) {
    assertThat(suite.cli().failure(command, "nobody")).contains("nobody");
  }

  @ParameterizedTest
  @ValueSource(strings = {"point", "forget", "verify"})
  void anUnknownPointIsNamed(String command) {
    assertThat(suite.cli().failure(command, "deadbeef")).contains("deadbeef");
  }

  @Test
  void anUnknownPointIsNotRestored() {
    assertThat(
            suite.cli().failure("restore", "deadbeef", "--to", directory.resolve("x").toString()))
        .contains("deadbeef");
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void wrongUsageIsStatusTwo() {
    assertThat(suite.cli().run("restore", "x").status()).isEqualTo(2);
    assertThat(suite.cli().run("backup").status()).isEqualTo(2);
    assertThat(suite.cli().run("nonsense").status()).isEqualTo(2);
    assertThat(suite.cli().run("vms", "--url", "nonsense").status()).isEqualTo(2);
  }

  @Test
  void aTidemarkThatIsNotThereIsSaidSo() {
    Cli nobody = new Cli(URI.create("http://127.0.0.1:" + TestSuite.freePort()));

    assertThat(nobody.failure("vms")).contains("tidemark up");
  }

  @Test
  void aRestoreRefusesWhatWouldBeOverwritten() throws IOException {
    BlankDomain domain = suite.lab().blankDomain("refuse", 16 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, MIB, 0x11);
    domain.flush("vda");
    JsonNode point = vm.backup();
    String id = point.path("id").asText();
    Path precious = Files.writeString(directory.resolve("precious"), "precious");

    String existing = suite.cli().failure("restore", id, "--disk", "vda=" + precious);
    String inUse =
        suite.cli().failure("restore", id, "--overwrite", "--disk", "vda=" + domain.rawDisk("vda"));
    String unknownDisk =
        suite.cli().failure("restore", id, "--disk", "vdz=" + directory.resolve("z"));

    assertThat(existing).contains(precious.toString());
    assertThat(precious).hasContent("precious");
    assertThat(inUse).contains(domain.name());
    assertThat(unknownDisk).contains("vdz");
    suite.cli().json("restore", id, "--overwrite", "--disk", "vda=" + precious);
    ProtectedVm.assertSameContent(domain.rawDisk("vda"), precious);
  }

  @Test
  void aVmThatIsShutOffIsNotBackedUpAndTheReasonIsSaid() {
    BlankDomain domain = suite.lab().blankDomain("off", 16 * MIB);
    ProtectedVm<BlankDomain> vm = new ProtectedVm<>(suite.cli(), domain);
    vm.awaitKnown();
    domain.shutdown();
    vm.awaitState("shut-off");

    assertThat(suite.cli().failure("backup", domain.name()))
        .contains(domain.name())
        .contains("shut off");
    assertThat(suite.cli().json("points", domain.name())).isEmpty();
  }

  @Test
  void aRepositoryOfAnUnknownVersionIsRefusedByRescue() throws IOException {
    Path strange = Files.createDirectories(directory.resolve("strange"));
    try (Stream<Path> files = Files.list(suite.repository())) {
      Path header = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      Files.writeString(
          strange.resolve(header.getFileName()),
          Files.readString(header).replaceAll("(\"formatVersion\"\\s*:\\s*)1", "$199"));
    }

    Cli.Outcome outcome = suite.cli().run("rescue", strange.toString());

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).contains("99").contains(strange.toString());
  }

  @Test
  void aDirectoryThatIsNoRepositoryIsRefusedByRescue() {
    Cli.Outcome outcome = suite.cli().run("rescue", directory.resolve("nowhere").toString());

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).contains("nowhere");
  }
}

package io.tidemark.e2e;

import static io.tidemark.e2e.ProtectedVm.assertSameContent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when the suite, or what it keeps its state in, is lost. */
class SurvivalIT {
  private static final long MIB = 1024 * 1024;
  @TempDir private static Path directory;
  private static TestSuite suite;

  @BeforeAll
  static void start() {
    suite = TestSuite.start(directory);
  }

  @AfterAll
  static void stop() {
    suite.close();
  }

  @Test
  void everyPointIsRescuedWithNothingRunningAndTheCatalogIsRebuiltFromTheRepository() {
    BlankDomain domain = suite.lab().blankDomain("rescue", 32 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 8 * MIB, 0x61);
    domain.flush("vda");
    vm.backup();
    domain.write("vda", MIB, MIB, 0x62);
    domain.flush("vda");
    JsonNode second = vm.backup();
    JsonNode pointsBefore = suite.cli().json("points", domain.name());
    suite.process().close();
    delete(suite.data().resolve("postgres"));
    delete(suite.data().resolve("kafka"));

    Cli.Outcome listed = suite.cli().run("rescue", suite.repository().toString(), "--json");
    Path rescued = directory.resolve("rescued");
    Cli.Outcome outcome =
        suite
            .cli()
            .run(
                "rescue",
                suite.repository().toString(),
                "--point",
                second.path("id").asText(),
                "--to",
                rescued.toString());

    assertThat(listed.status()).isZero();
    assertThat(suite.cli().parse(listed.out()))
        .filteredOn(point -> point.path("vm").asText().equals(domain.name()))
        .hasSize(2);
    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertSameContent(domain.rawDisk("vda"), rescued.resolve(domain.name() + "-vda.raw"));

    suite.startProcess();
    suite.cli().json("catalog", "rebuild");
    assertThat(suite.cli().json("points", domain.name())).isEqualTo(pointsBefore);
    vm.awaitKnown();
    domain.write("vda", 3 * MIB, MIB, 0x63);
    domain.flush("vda");
    JsonNode third = vm.backup();
    assertThat(third.path("kind").asText()).isEqualTo("incremental");
    assertThat(third.path("parent").asText()).isEqualTo(second.path("id").asText());
    assertSameContent(domain.rawDisk("vda"), vm.restore(third, "vda", directory));
  }

  @Test
  void killedAndStartedAgainTheSuiteHasEverythingItHad() {
    BlankDomain domain = suite.lab().blankDomain("kill", 32 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 8 * MIB, 0x71);
    domain.flush("vda");
    JsonNode first = vm.backup();

    suite.process().kill();
    suite.startProcess();
    domain.write("vda", MIB, MIB, 0x72);
    domain.flush("vda");
    JsonNode second = vm.backup();

    assertThat(second.path("kind").asText()).isEqualTo("incremental");
    assertThat(second.path("parent").asText()).isEqualTo(first.path("id").asText());
    assertSameContent(domain.rawDisk("vda"), vm.restore(second, "vda", directory));
  }

  @Test
  void killedInTheMiddleOfABackupTheSuiteMakesTheNextOneWithoutLoss() {
    BlankDomain domain = suite.lab().blankDomain("mid", 128 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(suite.cli(), domain);
    domain.write("vda", 0, 64 * MIB, 0x73);
    domain.flush("vda");
    vm.backup();
    domain.write("vda", 0, 32 * MIB, 0x74);
    domain.flush("vda");

    suite.cli().json("backup", domain.name(), "--no-wait");
    suite.process().kill();
    suite.startProcess();
    domain.write("vda", 40 * MIB, MIB, 0x75);
    domain.flush("vda");
    ProtectedVm.await(
        "the interrupted backup ends",
        () ->
            suite
                    .cli()
                    .run("backup", domain.name(), "--url", suite.process().url().toString())
                    .status()
                == 0);
    JsonNode last = suite.cli().json("points", domain.name()).get(0);

    assertSameContent(domain.rawDisk("vda"), vm.restore(last, "vda", directory));
    assertThat(suite.cli().json("verify", "--all").path("ok").asBoolean()).isTrue();
  }

  private static void delete(Path tree) {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

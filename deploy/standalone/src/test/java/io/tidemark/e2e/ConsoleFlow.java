package io.tidemark.e2e;

import static io.tidemark.e2e.ProtectedVm.assertSameContent;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A VM is converted, backed up and restored in the console by a real browser. */
abstract class ConsoleFlow {
  private static final long MIB = 1024 * 1024;
  private final TestSuite suite;
  private final Path directory;

  /**
   * @param directory of these tests alone
   */
  ConsoleFlow(TestSuite suite, Path directory) {
    this.suite = suite;
    this.directory = directory;
  }

  @Test
  void whatIsRestoredInTheConsoleIsWhatWasOnTheDisk() throws Exception {
    BlankDomain domain = suite.lab().blankDomain("console", 64 * MIB);
    ProtectedVm<BlankDomain> vm = new ProtectedVm<>(suite.cli(), domain);
    vm.awaitKnown();
    domain.write("vda", 3 * MIB, 8 * MIB, 0x37);
    domain.flush("vda");
    domain.shutdown();
    vm.awaitState("shut-off");
    Path restored = directory.resolve("restored");

    browse("convert", domain.name(), restored);
    domain.start();
    vm.awaitState("running");
    browse("restore", domain.name(), restored);

    assertSameContent(domain.rawDisk("vda"), restored.resolve(domain.name() + "-vda.raw"));
  }

  private void browse(String phase, String vm, Path restored)
      throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder(
                "node",
                Path.of("..", "..", "services", "catalog", "web", "test", "browser", "flow.mjs")
                    .toString(),
                phase,
                suite.process().url().toString().replaceAll("/$", ""),
                vm,
                restored.toString(),
                Path.of("target", "screenshots").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.println(said);
    assertThat(node.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
  }
}

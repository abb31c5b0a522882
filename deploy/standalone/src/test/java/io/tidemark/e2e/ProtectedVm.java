package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.LabDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** A VM of the lab together with what the suite does to it, through the command line. */
record ProtectedVm<D extends LabDomain>(Cli cli, D domain) {

  /**
   * Puts metadata images in front of a domain without operating system, which has to be off for it.
   */
  static ProtectedVm<BlankDomain> convert(Cli cli, BlankDomain domain) {
    ProtectedVm<BlankDomain> vm = new ProtectedVm<>(cli, domain);
    vm.awaitKnown();
    domain.shutdown();
    vm.awaitState("shut-off");
    cli.json("convert", domain.name());
    domain.start();
    vm.awaitState("running");
    return vm;
  }

  JsonNode backup(String... options) {
    String[] command = new String[options.length + 2];
    command[0] = "backup";
    command[1] = domain.name();
    System.arraycopy(options, 0, command, 2, options.length);
    return cli.json(command);
  }

  /** Restores one disk to a new file. */
  Path restore(JsonNode point, String target, Path directory) {
    Path file = directory.resolve(point.path("id").asText() + "-" + target + ".raw");
    cli.json("restore", point.path("id").asText(), "--disk", target + "=" + file);
    return file;
  }

  void awaitKnown() {
    await(
        "the inventory knows " + domain.name(),
        () -> {
          for (JsonNode vm : cli.json("vms")) {
            if (vm.path("name").asText().equals(domain.name())) {
              return true;
            }
          }
          return false;
        });
  }

  void awaitState(String state) {
    await(
        domain.name() + " is " + state,
        () -> cli.json("vm", domain.name()).path("state").asText().equals(state));
  }

  static void assertSameContent(Path expected, Path actual) {
    try {
      assertThat(Files.mismatch(expected, actual))
          .as("first difference between %s and %s", expected, actual)
          .isEqualTo(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(String what, Callable<Boolean> condition) {
    await(what, 180, condition);
  }

  static void await(String what, int seconds, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(seconds))
        .pollInterval(Duration.ofMillis(100))
        .until(condition);
  }
}

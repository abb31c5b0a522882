package io.tidemark.demo;

import io.tidemark.cli.CliFailure;
import io.tidemark.cli.Terminal;
import io.tidemark.lab.Lab;
import io.tidemark.lab.LabGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Show it all on this machine: a real hypervisor, a real Linux guest on a raw disk, backups"
            + " under load, a power cycle, and every restore point proven.",
    footer = {
      "",
      "Examples:",
      "  tidemark demo           stays up afterwards, with the web page, until Ctrl-C",
      "  tidemark demo --once    exits; status 0 only if everything held"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String VM = "tidemark-demo";

  @Spec private CommandSpec spec;

  @Option(names = "--once", description = "Exit after the story instead of staying up.")
  private boolean once;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8480",
      description = "Where the page and the API listen; default ${DEFAULT-VALUE}.")
  private String http;

  @Override
  public Integer call() {
    CountDownLatch cleaned = new CountDownLatch(1);
    cleanUpOnCtrlC(Thread.currentThread(), cleaned);
    Terminal terminal = Terminal.of(spec.commandLine().getOut());
    Narrator narrator = new Narrator(spec.commandLine().getOut());
    narrator.line("Tidemark demo: persistent incremental backups of a VM on a raw disk.");
    try (Lab lab = narrator.step("A hypervisor with libvirt >= 10.10", () -> Lab.up())) {
      narrator.fact(lab.uri());
      play(lab, narrator, terminal);
      return 0;
    } catch (DemoFailure e) {
      throw new CliFailure("The demo failed: " + e.getMessage(), e);
    } finally {
      cleaned.countDown();
    }
  }

  /** Ctrl-C interrupts the story, which then stops and removes what it made. */
  private static void cleanUpOnCtrlC(Thread story, CountDownLatch cleaned) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              story.interrupt();
              waitFor(cleaned);
            }));
  }

  private void play(Lab lab, Narrator narrator, Terminal terminal) {
    Path directory = lab.directory().resolve("demo");
    delete(directory);
    destroyLeftover(lab);
    LabGuest guest =
        narrator.step(
            "A real Linux guest on a plain raw disk with ext4", () -> lab.bootGuest(VM, "1G"));
    narrator.fact("raw disk: " + guest.rawDisk("vda"));
    try (SuiteProcess suite =
        narrator.step(
            "The suite: Kafka, PostgreSQL and the five services",
            () -> SuiteProcess.start(lab.uri(), directory.resolve("data"), http))) {
      narrator.fact("web page and API: " + suite.url());
      new DemoStory(narrator, terminal, suite.api(), guest, directory.resolve("restored")).tell();
      narrator.line("");
      narrator.line("Everything held.");
      if (!once) {
        stayUp(narrator, suite);
      }
    }
  }

  /** A demo that was killed leaves its guest behind. */
  private static void destroyLeftover(Lab lab) {
    boolean left = lab.virsh("list", "--all", "--name").lines().anyMatch(VM::equals);
    if (left) {
      lab.guest(VM).destroy();
    }
  }

  private static void stayUp(Narrator narrator, SuiteProcess suite) {
    narrator.line(
        "The suite stays up at " + suite.url() + " until Ctrl-C. Try, in another terminal:");
    narrator.line("  ./tidemark vms    ./tidemark points " + VM + "    ./tidemark backup " + VM);
    waitFor(new CountDownLatch(1));
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

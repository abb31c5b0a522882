package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every view of the console in a real browser, with VMs of all kinds of names. */
class ConsoleIT {
  private static final List<String> NAMES =
      List.of(
          "web",
          "<img src=x onerror=globalThis.hacked=1;alert(1)>",
          "'; drop table domain; --",
          "\uD83D\uDC33 whale",
          "x".repeat(255));
  private static final long FIRST_VIEW_BYTES = 300 << 10;

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;

  @BeforeEach
  void start() throws Exception {
    catalog =
        Catalog.on(
                POSTGRES.newDatabase(),
                directory.resolve("repository"),
                ApiConfig.defaults().onHypervisorItself())
            .start();
    for (int i = 0; i < NAMES.size(); i++) {
      new Host(catalog, "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b1" + i, NAMES.get(i)).seen();
    }
    Host web = new Host(catalog, "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b10", "web");
    for (int i = 0; i < 5; i++) {
      web.content[i * 3_000_000] ^= 1;
      web.backUp();
    }
    failABackup();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void everyViewIsInOrderAtTwoWidthsInBothThemes() throws Exception {
    Process node =
        new ProcessBuilder(
                "node",
                Path.of("web", "test", "browser", "views.mjs").toString(),
                catalog.uri("").toString(),
                Path.of("target", "screenshots").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.println(said);

    assertThat(node.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
  }

  @Test
  void theFirstViewIsSmallAndNamesNoOtherHost() throws IOException {
    Path built = Path.of("target", "classes", "webroot");
    long bytes = 0;
    try (Stream<Path> files = Files.walk(built)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
        String text = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(text.replaceAll("https?://(www\\.w3\\.org|localhost)[^\"'`]*", ""))
            .as(file.toString())
            .doesNotContainPattern("[\"'`]https?://[a-z]");
      }
    }
    assertThat(bytes).as("bytes of the console, not even compressed").isLessThan(FIRST_VIEW_BYTES);
  }

  private void failABackup() throws InterruptedException {
    Host host = new Host(catalog, "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11", NAMES.get(1));
    String id = host.request();
    host.accepted(id);
    catalog.publish(
        new BackupFailed(
            id,
            Optional.of(Host.NAME),
            NAMES.get(1),
            "The VM is paused because its disk is full. Make room, resume it, then back it up."));
    Await.until(
        "the failure",
        () ->
            Optional.of(catalog.json("/api/v1/jobs/" + id))
                .filter(job -> job.getString("state").equals("failed")));
  }
}

package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Migrations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A PostgreSQL that is reached over TLS. */
class PostgresTlsIT {
  private static final Path KEYS = makeKeys();

  @RegisterExtension
  static final PostgresExtension POSTGRES =
      new PostgresExtension(
          Map.of(
              "ssl",
              "on",
              "ssl_cert_file",
              KEYS.resolve("server.pem").toString(),
              "ssl_key_file",
              KEYS.resolve("server-key.pem").toString()));

  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void stop() throws Exception {
    await(VERTX.close());
  }

  @Test
  void theSchemaIsMadeAndUsedOverTlsWithAServerThatIsWhoItSays() throws Exception {
    Database database = connect("verify-full", "server");

    await(new Migrations(VERTX, database).apply());

    assertThat(isEncrypted(database)).isTrue();
    assertThat(isEncrypted(connect("require", "server"))).isTrue();
  }

  @Test
  void aServerOfAnotherAuthorityIsNotSpokenTo() {
    assertThatThrownBy(() -> isEncrypted(connect("verify-full", "stranger")))
        .hasMessageContaining("can't be reached");
  }

  @Test
  void withoutTheWordNothingIsEncrypted() throws Exception {
    assertThat(isEncrypted(Database.connect(VERTX, POSTGRES.emptyDatabase()))).isFalse();
  }

  private static Database connect(String mode, String trusted) throws Exception {
    return Database.connect(
        VERTX,
        POSTGRES.emptyDatabase()
            + "?sslmode="
            + mode
            + "&sslrootcert="
            + KEYS.resolve(trusted + ".pem"));
  }

  private static boolean isEncrypted(Database database) throws Exception {
    return await(
            database.one(
                "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
                Tuple.tuple(),
                row -> row.getBoolean(0)))
        .orElseThrow();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** Two servers' certificates, signed by themselves; the second is nobody's. */
  private static Path makeKeys() {
    try {
      Path directory = Files.createTempDirectory("tidemark-keys");
      // The server runs as another user on some machines.
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : new String[] {"server", "stranger"}) {
        makeKey(directory, name);
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void makeKey(Path directory, String name)
      throws IOException, InterruptedException {
    String command =
        "openssl req -x509 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
            + " -newkey rsa:2048 -keyout %s-key.pem -out %s.pem".formatted(name, name);
    Process openssl =
        new ProcessBuilder(command.split(" "))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    assertThat(openssl.waitFor()).as("openssl's exit status").isZero();
  }
}

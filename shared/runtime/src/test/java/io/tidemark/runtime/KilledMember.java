package io.tidemark.runtime;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** A member of a group in a process of its own, which can be killed as rudely as it gets. */
final class KilledMember {
  private static final String SAYS = "handling: ";

  private KilledMember() {}

  /** Waits for what it says next. */
  static String said(BufferedReader output) {
    return output
        .lines()
        .filter(line -> line.startsWith(SAYS))
        .findFirst()
        .map(line -> line.substring(SAYS.length()))
        .orElse("nothing more");
  }

  /** Starts one; it handles one backup's events and says so, and hangs in the one "hangs". */
  static Process start(String bootstrap, String group, String backupId) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
            KilledMember.class.getName(),
            bootstrap,
            group,
            backupId)
        .redirectError(new File("/dev/null"))
        .start();
  }

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx();
    KafkaEvents events = new KafkaEvents(vertx, KafkaFixture.settings(args[0]), "/tidemark/killed");
    Function<BackupFailed, Future<Void>> handler =
        KafkaFixture.only(
            args[2],
            reason -> {
              System.out.println(SAYS + reason);
              return reason.equals("hangs")
                  ? Promise.<Void>promise().future()
                  : Future.succeededFuture();
            });
    events.consumer(args[1], Topic.BACKUPS).on(BackupFailed.class, handler).start().await();
  }
}

package io.tidemark.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The broker as a process of its own: {@code BrokerMain DIRECTORY PORT}. It prints one line, {@code
 * ready 127.0.0.1:PORT}, and serves until SIGTERM or until its standard input ends: a parent that
 * is killed, however rudely, takes the broker along.
 */
public final class BrokerMain {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private BrokerMain() {}

  public static void main(String[] args) {
    if (args.length != 2) {
      System.err.println("usage: BrokerMain DIRECTORY PORT");
      System.exit(2);
    }
    try {
      serve(Path.of(args[0]), Integer.parseInt(args[1]));
    } catch (BrokerException | IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void serve(Path directory, int port) throws IOException {
    Files.createDirectories(directory);
    PidFile pidFile = new PidFile(directory.resolve("broker.pid"), BrokerMain.class.getName());
    pidFile.stopOrphan(PATIENCE);
    pidFile.write();
    EmbeddedBroker broker = EmbeddedBroker.start(directory, port);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(broker, pidFile), "broker-shutdown"));
    endWithStandardInput();
    System.out.println("ready " + broker.bootstrap());
    broker.awaitEnd();
  }

  private static void end(EmbeddedBroker broker, PidFile pidFile) {
    broker.close();
    pidFile.delete();
  }

  private static void endWithStandardInput() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("standard input is gone: " + e.getMessage());
              }
              System.exit(0);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}

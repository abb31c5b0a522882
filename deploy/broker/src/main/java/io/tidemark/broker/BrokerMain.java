package io.tidemark.broker;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The broker as a process: says where it listens once it is ready, and ends with SIGTERM or with
 * the process that holds its standard input.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /**
   * Runs it.
   *
   * @param args the data directory and the port, 0 for a free one
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: BrokerMain DIRECTORY PORT");
      System.exit(2);
    }
    EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    System.out.println("ready " + broker.bootstrap());
    System.out.flush();
    while (System.in.read() >= 0) {
      // The parent says nothing; the end of its silence is the end of the parent.
    }
    System.exit(0);
  }
}

package io.tidemark.broker;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * The two loopback ports of a broker, remembered in a file of its directory: clients that were told
 * the address find it again after a restart.
 *
 * @param client where Kafka clients connect
 * @param controller where the broker reaches its own KRaft controller
 */
record BrokerPorts(int client, int controller) {
  private static final String CLIENT = "client.port";
  private static final String CONTROLLER = "controller.port";

  /**
   * The ports for the next start: the wanted one, else the remembered ones, else free ones; a
   * remembered port that another process has taken meanwhile is replaced.
   *
   * @param wanted the client port, or 0 for any
   */
  static BrokerPorts choose(Path file, int wanted) {
    Properties remembered = read(file);
    int client = wanted > 0 ? wanted : freeOr(remembered.getProperty(CLIENT, "0"));
    int controller = freeOr(remembered.getProperty(CONTROLLER, "0"));
    return new BrokerPorts(client, controller == client ? freePort() : controller);
  }

  void remember(Path file) {
    Properties ports = new Properties();
    ports.setProperty(CLIENT, Integer.toString(client));
    ports.setProperty(CONTROLLER, Integer.toString(controller));
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (Writer out = Files.newBufferedWriter(written)) {
        ports.store(out, "The broker's ports on 127.0.0.1");
      }
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static Properties read(Path file) {
    Properties ports = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        ports.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
    return ports;
  }

  private static int freeOr(String remembered) {
    try {
      int port = Integer.parseInt(remembered.strip());
      return port > 0 && isFree(port) ? port : freePort();
    } catch (NumberFormatException e) {
      return freePort();
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections of the run before may linger; Kafka binds with address reuse as well.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
  }
}

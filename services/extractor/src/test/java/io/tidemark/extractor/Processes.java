package io.tidemark.extractor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Runs the tools and servers of the integration tests. */
final class Processes {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Processes() {}

  /** Runs a command to its end; fails with its output unless it exits with 0. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(List.of(command) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts a server and waits for its unix socket. */
  static Server serve(Path socket, String... command) {
    try {
      Files.deleteIfExists(socket);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      await(() -> accepts(socket) || !process.isAlive());
      if (!process.isAlive()) {
        throw new AssertionError(List.of(command) + " ended with " + process.exitValue());
      }
      return new Server(process, socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The socket's file is there before the server listens on it. */
  private static boolean accepts(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until the condition holds. */
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + PATIENCE);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** A running NBD server. */
  record Server(Process process, Path socket) implements AutoCloseable {

    String uri() {
      return "nbd+unix:///?socket=" + socket;
    }

    void kill() {
      process.destroyForcibly();
      stopped();
    }

    /** Ends it in order, so that what was written is in the files. */
    @Override
    public void close() {
      process.destroy();
      stopped();
    }

    private void stopped() {
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("the server did not end");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

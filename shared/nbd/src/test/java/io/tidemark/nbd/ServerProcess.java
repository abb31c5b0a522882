package io.tidemark.nbd;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real NBD server on a unix socket, ended with the test. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final Path socket;

  private ServerProcess(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  static ServerProcess qemuNbd(Path directory, String... options) {
    Path socket = directory.resolve("qemu.sock");
    return start(
        "qemu-utils",
        socket,
        Stream.concat(
                Stream.of("qemu-nbd", "-t", "-e", "8", "-k", socket.toString()), Stream.of(options))
            .toList());
  }

  static ServerProcess nbdkit(Path directory, String... arguments) {
    Path socket = directory.resolve("nbdkit.sock");
    return start(
        "nbdkit",
        socket,
        Stream.concat(Stream.of("nbdkit", "-f", "-U", socket.toString()), Stream.of(arguments))
            .toList());
  }

  NbdUri uri(String export) {
    return NbdUri.unix(socket, export);
  }

  /** As when the VM that serves the export dies. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    process.destroy();
    awaitEnd();
  }

  static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed");
      }
    } catch (IOException e) {
      throw new AssertionError("install the package that has " + command[0], e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static ServerProcess start(String debianPackage, Path socket, List<String> command) {
    try {
      Files.deleteIfExists(socket);
      Process process = new ProcessBuilder(command).inheritIO().start();
      while (!accepts(socket)) {
        if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
          throw new AssertionError(String.join(" ", command) + " ended at once");
        }
      }
      return new ServerProcess(process, socket);
    } catch (IOException e) {
      throw new AssertionError("install the package " + debianPackage, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
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

  private void awaitEnd() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

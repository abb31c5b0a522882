package io.tidemark.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An NBD server of somebody else's on a unix socket, while a test runs. */
final class NbdServer implements AutoCloseable {
  private final Process process;
  private final Path socket;

  private NbdServer(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  static NbdServer nbdkit(Path socket, String... arguments) {
    List<String> command = new ArrayList<>(List.of("nbdkit", "-f", "-r", "-U", socket.toString()));
    command.addAll(List.of(arguments));
    return start(socket, command);
  }

  static NbdServer qemu(Path socket, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("qemu-nbd", "-t", "-e", "8", "-k", socket.toString()));
    command.addAll(List.of(arguments));
    return start(socket, command);
  }

  private static NbdServer start(Path socket, List<String> command) {
    try {
      Files.deleteIfExists(socket);
      Process process = new ProcessBuilder(command).inheritIO().start();
      ProtectedVm.await(command + " serves", () -> Files.exists(socket) || !process.isAlive());
      if (!process.isAlive()) {
        throw new AssertionError(command + " ended with " + process.exitValue());
      }
      return new NbdServer(process, socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  String uri() {
    return "nbd+unix:///?socket=" + socket;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

package io.tidemark.nbd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real NBD server on a unix socket, ended with the test. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final SocketAddress socket;

  private final Optional<Path> pidFile;

  private ServerProcess(Process process, SocketAddress socket, Optional<Path> pidFile) {
    this.process = process;
    this.socket = socket;
    this.pidFile = pidFile;
  }

  static ServerProcess qemuNbd(Path directory, String... options) {
    Path socket = directory.resolve("qemu.sock");
    return start(
        "qemu-utils",
        UnixDomainSocketAddress.of(socket),
        Stream.concat(
                Stream.of("qemu-nbd", "-t", "-e", "8", "-k", socket.toString()), Stream.of(options))
            .toList(),
        Optional.empty());
  }

  static ServerProcess qemuNbdOnTcp(int port, String... options) {
    List<String> command =
        Stream.concat(
                Stream.of("qemu-nbd", "-t", "-e", "8", "-b", "127.0.0.1", "-p", "" + port),
                Stream.of(options))
            .toList();
    return start(
        "qemu-utils",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        command,
        Optional.empty());
  }

  /** QEMU of the lab's Debian, which knows extended headers. */
  static ServerProcess qemuNbdOfLab(Path directory, String... options) {
    Path socket = directory.resolve("lab.sock");
    Path pid = directory.resolve("lab.pid");
    run(labScript(), "up");
    return start(
        "debootstrap",
        UnixDomainSocketAddress.of(socket),
        Stream.concat(
                Stream.of(labScript(), "run", "qemu-nbd", "-t", "-e", "8", "-k"),
                Stream.concat(
                    Stream.of(socket.toString(), "--pid-file", pid.toString()), Stream.of(options)))
            .toList(),
        Optional.of(pid));
  }

  /** nbdkit with a filter that not all versions have: this machine's, or else the lab's. */
  static Optional<ServerProcess> nbdkitWith(String filter, Path directory, String... arguments) {
    if (succeeds("nbdkit", "--dump-plugin", "--filter=" + filter, "null")) {
      return Optional.of(
          nbdkit(
              directory,
              Stream.concat(Stream.of("--filter=" + filter), Stream.of(arguments))
                  .toArray(String[]::new)));
    }
    run(labScript(), "up");
    if (!succeeds(labScript(), "run", "nbdkit", "--dump-plugin", "--filter=" + filter, "null")) {
      return Optional.empty();
    }
    Path socket = directory.resolve("lab.sock");
    Path pid = directory.resolve("lab.pid");
    List<String> begin =
        List.of(labScript(), "run", "nbdkit", "-f", "-U", socket.toString(), "-P", pid.toString());
    return Optional.of(
        start(
            "nbdkit",
            UnixDomainSocketAddress.of(socket),
            Stream.of(begin, List.of("--filter=" + filter), List.of(arguments))
                .flatMap(List::stream)
                .toList(),
            Optional.of(pid)));
  }

  private static boolean succeeds(String... command) {
    try {
      return builder(List.of(command)).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static ServerProcess storageDaemon(Path socket, String... options) {
    return start(
        "qemu-system-common",
        UnixDomainSocketAddress.of(socket),
        Stream.concat(Stream.of("qemu-storage-daemon"), Stream.of(options)).toList(),
        Optional.empty());
  }

  static ServerProcess nbdkit(Path directory, String... arguments) {
    Path socket = directory.resolve("nbdkit.sock");
    return start(
        "nbdkit",
        UnixDomainSocketAddress.of(socket),
        Stream.concat(Stream.of("nbdkit", "-f", "-U", socket.toString()), Stream.of(arguments))
            .toList(),
        Optional.empty());
  }

  NbdUri uri(String export) {
    return switch (socket) {
      case UnixDomainSocketAddress unix -> NbdUri.unix(unix.getPath(), export);
      case InetSocketAddress tcp -> NbdUri.tcp(tcp.getHostString(), tcp.getPort(), export);
      default -> throw new AssertionError(socket);
    };
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ends on its own, soon. */
  boolean ended() {
    try {
      return process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** It is there, but does nothing any more. */
  void freeze() {
    run("kill", "-STOP", Long.toString(process.pid()));
  }

  /** As when the VM that serves the export dies. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    pidFile.ifPresentOrElse(ServerProcess::terminate, process::destroy);
    awaitEnd();
  }

  static void run(String... command) {
    run(Path.of(""), command);
  }

  static void run(Path directory, String... command) {
    try {
      Process process =
          builder(List.of(command)).directory(directory.toAbsolutePath().toFile()).start();
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed");
      }
    } catch (IOException e) {
      throw new AssertionError("install the package that has " + command[0], e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static ServerProcess start(
      String debianPackage, SocketAddress socket, List<String> command, Optional<Path> pidFile) {
    try {
      if (socket instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
      Process process = builder(command).start();
      while (!accepts(socket)) {
        if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
          throw new AssertionError(String.join(" ", command) + " ended at once");
        }
      }
      return new ServerProcess(process, socket, pidFile);
    } catch (IOException e) {
      throw new AssertionError("install the package " + debianPackage, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The socket's file is there before the server listens on it. */
  private static boolean accepts(SocketAddress socket) {
    try (SocketChannel channel = SocketChannel.open(socket)) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void terminate(Path pidFile) {
    try {
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  private static String labScript() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path script = folder.resolve("deploy/lab/lab");
      if (Files.isExecutable(script)) {
        return script.toString();
      }
    }
    throw new AssertionError("no deploy/lab/lab above the working directory");
  }

  /** Some servers finish what they are at first, and that may be a sleep. */
  private void awaitEnd() {
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

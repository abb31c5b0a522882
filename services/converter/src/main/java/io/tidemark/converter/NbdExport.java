package io.tidemark.converter;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A raw file or device, writable over NBD by a qemu-nbd process. Known by pid and socket, so that a
 * later run of the converter can end what an earlier one started. Its methods block.
 *
 * @param pid process id of qemu-nbd
 * @param socket the unix socket that it listens on
 */
record NbdExport(long pid, String socket) {
  private static final Duration START_PATIENCE = Duration.ofSeconds(10);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 10;

  /**
   * qemu-nbd allocates a buffer for each request. By itself, the C library gives such large ones
   * back to the kernel each time, and the page faults for the next ones cost more than all else
   * that the server does (mallopt(3)).
   */
  private static final Map<String, String> KEEP_BUFFERS =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", Integer.toString(32 << 20),
          "MALLOC_TRIM_THRESHOLD_", Integer.toString(256 << 20),
          "MALLOC_TOP_PAD_", Integer.toString(16 << 20));

  /**
   * Starts one, in the fastest way that this host and this file allow.
   *
   * @throws RestoreRefused with qemu-nbd's own words if it doesn't serve
   */
  static NbdExport start(Path file, Path socket, String name) {
    Iterator<WritePath> ways = WritePath.of(file).iterator();
    while (true) {
      try {
        return start(file, socket, name, ways.next());
      } catch (RestoreRefused e) {
        if (!ways.hasNext()) {
          throw e;
        }
      }
    }
  }

  private static NbdExport start(Path file, Path socket, String name, WritePath way) {
    Path log = log(socket);
    try {
      Files.deleteIfExists(socket);
      ProcessBuilder server =
          new ProcessBuilder(
                  List.of(
                      "qemu-nbd",
                      "--persistent",
                      "--shared=16",
                      "--format=raw",
                      "--cache=" + way.cache(),
                      "--aio=" + way.aio(),
                      "--discard=unmap",
                      "--socket=" + socket,
                      "--export-name=" + name,
                      file.toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      server.environment().putAll(KEEP_BUFFERS);
      Process process = server.start();
      process.getOutputStream().close();
      awaitGreeting(process, socket, file, log);
      return new NbdExport(process.pid(), socket.toString());
    } catch (IOException e) {
      throw new RestoreRefused("qemu-nbd can't be run: install the package qemu-utils", e);
    }
  }

  /**
   * Ends every server on a socket, whoever started it, and waits: qemu-nbd flushes what it has.
   * Succeeds if there is none.
   */
  static void stopAllOn(Path socket) {
    ProcessHandle.allProcesses().filter(process -> serves(process, socket)).forEach(NbdExport::end);
    try {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(log(socket));
    } catch (IOException e) {
      throw new RestoreRefused(socket + " can't be removed: " + e.getMessage(), e);
    }
  }

  boolean running() {
    return ProcessHandle.of(pid).filter(process -> serves(process, Path.of(socket))).isPresent();
  }

  /** A pid may have gone to another process since. */
  private static boolean serves(ProcessHandle process, Path socket) {
    try {
      String command =
          Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.UTF_8);
      return List.of(command.split("\0")).contains("--socket=" + socket);
    } catch (IOException e) {
      return false;
    }
  }

  private static Path log(Path socket) {
    return socket.resolveSibling(socket.getFileName() + ".log");
  }

  /**
   * Everything written has been flushed by then; a server that does not go when asked is ended by
   * force.
   */
  private static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      process.onExit().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether it greets. The socket's file is there before qemu-nbd listens on it, and it listens
   * before it has opened the file: only the greeting says that it serves.
   */
  private static boolean greets(Process process, Path socket, long deadline)
      throws InterruptedException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.configureBlocking(false);
      int count = channel.read(ByteBuffer.allocate(1));
      while (count == 0
          && System.nanoTime() < deadline
          && !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        count = channel.read(ByteBuffer.allocate(1));
      }
      return count > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void awaitGreeting(Process process, Path socket, Path file, Path log)
      throws IOException {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    try {
      while (!greets(process, socket, deadline)) {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
          process.destroyForcibly();
          throw new RestoreRefused(
              file
                  + " can't be exported: "
                  + Files.readString(log, StandardCharsets.UTF_8).strip());
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new RestoreRefused("interrupted while exporting " + file, e);
    }
  }
}

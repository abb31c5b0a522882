package io.tidemark.hypervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stands between client and daemon, so that a daemon's end and its return can be had without
 * touching the daemon.
 */
final class DaemonProxy implements AutoCloseable {
  private final Path socket;
  private final Path daemon;
  private final Queue<Channel> open = new ConcurrentLinkedQueue<>();

  private DaemonProxy(Path socket, Path daemon) {
    this.socket = socket;
    this.daemon = daemon;
  }

  /** A proxy that is up, to the daemon that the URI names. */
  static DaemonProxy of(String uri) throws IOException {
    var mark = "socket=";
    var at = uri.indexOf(mark);
    var daemon = at < 0 ? "/run/libvirt/libvirt-sock" : uri.substring(at + mark.length());
    var proxy = new DaemonProxy(Files.createTempDirectory("proxy").resolve("s"), Path.of(daemon));
    proxy.up();
    return proxy;
  }

  String uri() {
    return "qemu+unix:///system?socket=" + socket;
  }

  void up() throws IOException {
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    open.add(server);
    start(() -> accept(server));
  }

  /** Every connection breaks, and no new one can be made. */
  void down() throws IOException {
    Files.delete(socket);
    for (var channel = open.poll(); channel != null; channel = open.poll()) {
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(socket)) {
      down();
    }
    Files.delete(socket.getParent());
  }

  private void accept(ServerSocketChannel server) throws IOException {
    while (true) {
      var client = server.accept();
      var upstream = SocketChannel.open(UnixDomainSocketAddress.of(daemon));
      open.add(client);
      open.add(upstream);
      start(() -> copy(client, upstream));
      start(() -> copy(upstream, client));
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) throws IOException {
    try (from;
        to) {
      var buffer = ByteBuffer.allocate(64 * 1024);
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Its end by a closed channel is the ordinary one. */
  private static void start(Step step) {
    Thread.ofPlatform()
        .daemon()
        .name("daemon-proxy")
        .start(() -> {
          try {
            step.run();
          } catch (ClosedChannelException e) {
            Thread.currentThread().interrupt();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}

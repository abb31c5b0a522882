package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests against servers have in common. */
abstract class ServerTest {
  static final int MIB = 1 << 20;
  static final NbdOptions OPTIONS =
      NbdOptions.defaults().withConnectTimeout(Duration.ofSeconds(20));

  @TempDir Path directory;
  Vertx vertx;
  NbdClient client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    client = new NbdClient(vertx);
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  NbdConnection connect(ServerProcess server) {
    return client.connect(server.uri(""), OPTIONS).await();
  }

  byte[] randomFile(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    Files.write(directory.resolve(name), content);
    return content;
  }

  String file(String name) {
    return directory.resolve(name).toString();
  }

  static byte[] read(NbdConnection connection, long offset, int length) {
    ByteBuf target = Unpooled.buffer(length, length);
    connection.read(offset, length, target).await();
    return target.array();
  }

  static ByteBuf filled(int bytes, int value) {
    ByteBuf buffer = Unpooled.buffer(bytes, bytes);
    for (int i = 0; i < bytes; i++) {
      buffer.writeByte(value);
    }
    return buffer;
  }
}

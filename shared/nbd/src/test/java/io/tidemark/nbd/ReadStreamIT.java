package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The stream of reads: order, back-pressure, failure. */
class ReadStreamIT extends ServerTest {
  private static final int BLOCK = 64 * 1024;

  @Test
  void extentsComeInOrderAndInBlocks() throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = connect(server);
      List<NbdExtent> extents =
          List.of(
              new NbdExtent(2 * MIB, MIB + 512, 1),
              new NbdExtent(0, BLOCK, 1),
              new NbdExtent(4 * MIB - 512, 512, 1));

      List<NbdBlock> blocks = readAll(connection, extents.iterator());

      ByteBuf all = Unpooled.buffer();
      blocks.forEach(block -> all.writeBytes(block.bytes()));
      ByteBuf expected = Unpooled.buffer();
      extents.forEach(extent ->
          expected.writeBytes(content, (int) extent.offset(), (int) extent.lengthBytes()));
      assertThat(all).isEqualTo(expected);
      assertThat(blocks).allMatch(block -> block.bytes().capacity() <= BLOCK);
      blocks.forEach(block -> block.bytes().release());
      connection.close().await();
    }
  }

  @Test
  void notMoreIsReadThanIsTakenPlusWhatMayBeAhead() throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    AtomicInteger asked = new AtomicInteger();
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = connect(server);
      Iterator<NbdExtent> counted =
          Arrays.stream(new int[64])
              .mapToObj(i -> {
                int at = asked.getAndIncrement();
                return new NbdExtent((long) at * BLOCK, BLOCK, 0);
              })
              .iterator();
      List<NbdBlock> taken = new ArrayList<>();
      Promise<Void> three = Promise.promise();
      Promise<Void> end = Promise.promise();
      Promise<NbdReadStream> made = Promise.promise();
      vertx.runOnContext(v -> {
        NbdReadStream stream = NbdReadStream.of(vertx, connection, counted, BLOCK, 4);
        stream.pause().fetch(3).exceptionHandler(end::fail).endHandler(end::complete);
        stream.handler(block -> {
          taken.add(block);
          if (taken.size() == 3) {
            three.complete();
          }
        });
        made.complete(stream);
      });

      three.future().await();
      read(connection, 0, 512);
      assertThat(asked.get()).isLessThanOrEqualTo(3 + 4 + 1);
      assertThat(taken).hasSize(3);
      vertx.runOnContext(v -> made.future().result().resume());
      end.future().await();

      assertThat(taken).hasSize(64);
      for (NbdBlock block : taken) {
        int at = (int) block.offset();
        assertThat(block.bytes()).isEqualTo(Unpooled.wrappedBuffer(content, at, BLOCK));
        block.bytes().release();
      }
      connection.close().await();
    }
  }

  @Test
  void aReadThatFailsEndsTheStreamWithItsError() {
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=error",
            "memory",
            "4M",
            "error-pread=EIO",
            "error-pread-rate=100%")) {
      NbdConnection connection = connect(server);

      assertThatThrownBy(
              () -> readAll(connection, List.of(new NbdExtent(0, 4 * MIB, 0)).iterator()))
          .isInstanceOfSatisfying(
              NbdException.Server.class, e -> assertThat(e.retryable()).isTrue());
      connection.close().await();
    }
  }

  private List<NbdBlock> readAll(NbdConnection connection, Iterator<NbdExtent> extents) {
    List<NbdBlock> blocks = new ArrayList<>();
    Promise<Void> end = Promise.promise();
    vertx.runOnContext(v ->
        NbdReadStream.of(vertx, connection, extents, BLOCK, 4)
            .exceptionHandler(end::fail)
            .endHandler(end::complete)
            .handler(blocks::add));
    Future<Void> ended = end.future();
    ended.await();
    return blocks;
  }
}

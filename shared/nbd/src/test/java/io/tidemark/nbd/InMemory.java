package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Extents;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Requests in flight without a socket: 1 and 2 read 8 KiB each at 0 and 8 KiB, 3 asks for the
 * status of 64 KiB in two contexts (7 and 8), 4 writes. The export has blocks of 512 bytes.
 */
final class InMemory implements ReplyDecoder.Pending {
  static final int READ_BYTES = 8192;
  static final int STATUS_BYTES = 65_536;
  static final int BLOCK_BYTES = 512;

  /** What the two reads have to give; made once for the many cases. */
  private static final List<ByteBuf> EXPECTED =
      List.of(Transcripts.content(0, READ_BYTES), Transcripts.content(READ_BYTES, READ_BYTES));

  static final Map<Integer, String> CONTEXTS = Map.of(7, "qemu:dirty-bitmap:b0", 8, "x-wide:y");

  final ByteBuf[] targets = {Unpooled.buffer(READ_BYTES), Unpooled.buffer(READ_BYTES)};
  final Promise<Map<String, Extents>> status = Promise.promise();
  final Promise<Void> write = Promise.promise();
  private final Map<Long, Request> requests = new HashMap<>();
  private final Map<Integer, Promise<Request.Read.Content>> reads = new HashMap<>();
  private final ReplyDecoder decoder;

  InMemory(Dialect dialect) {
    for (int i = 0; i < 2; i++) {
      reads.put(i, Promise.promise());
      requests.put(
          i + 1L,
          new Request.Read(
              (long) READ_BYTES * i, READ_BYTES, 0, targets[i], 0, true, reads.get(i)));
    }
    if (dialect.hasChunks()) {
      requests.put(3L, new Request.BlockStatus(0, STATUS_BYTES, BLOCK_BYTES, CONTEXTS, status));
    }
    requests.put(4L, new Request.Plain(Wire.CMD_WRITE, 0, 0, 512, write));
    decoder = new ReplyDecoder(dialect, this);
  }

  /**
   * Hands it over in pieces of random length, copied or read to their place, as a socket would;
   * false if the decoder refused it.
   */
  boolean feed(byte[] transcript, Random random) {
    try {
      for (int at = 0; at < transcript.length; ) {
        int most = Math.min(transcript.length - at, 1 + random.nextInt(6000));
        at += random.nextBoolean() ? copied(transcript, at, most) : placed(transcript, at, most);
      }
      return true;
    } catch (IllegalReply refused) {
      return false;
    }
  }

  private int copied(byte[] transcript, int at, int bytes) {
    decoder.receive(Unpooled.wrappedBuffer(transcript, at, bytes));
    return bytes;
  }

  private int placed(byte[] transcript, int at, int most) {
    Optional<ByteBuf> place = decoder.place(1);
    if (place.isEmpty()) {
      return copied(transcript, at, most);
    }
    int bytes = Math.min(most, place.get().writableBytes());
    place.get().writeBytes(transcript, at, bytes).release();
    decoder.received(bytes);
    return bytes;
  }

  boolean readSucceeded(int index) {
    return reads.get(index).future().succeeded();
  }

  boolean readFailed(int index) {
    return reads.get(index).future().failed();
  }

  long answered() {
    return reads.values().stream().filter(read -> read.future().isComplete()).count()
        + (status.future().isComplete() ? 1 : 0)
        + (write.future().isComplete() ? 1 : 0);
  }

  /** Reads that completed well with other bytes than the export has, or as if they were zero. */
  int wrongReads() {
    return (int) IntStream.range(0, 2).filter(i -> readSucceeded(i) && isWrong(i)).count();
  }

  private boolean isWrong(int index) {
    return reads.get(index).future().result().zero()
        || !targets[index].writerIndex(READ_BYTES).equals(EXPECTED.get(index));
  }

  @Override
  public Request find(long cookie) {
    return Optional.ofNullable(requests.get(cookie))
        .orElseThrow(() -> new IllegalReply("unknown cookie"));
  }

  @Override
  public Request finish(long cookie) {
    Request request = find(cookie);
    requests.remove(cookie);
    return request;
  }

  @Override
  public void failed(long cookie, int errno, String message) {
    finish(cookie).fail(new NbdException.Server(message, errno));
  }

  /** One structured read alone. */
  static final class Large {
    private final ReplyDecoder decoder;

    Large(int bytes) {
      Request read =
          new Request.Read(0, bytes, 0, Unpooled.buffer(bytes), 0, false, Promise.promise());
      decoder = new ReplyDecoder(Dialect.STRUCTURED, new OnlyRequest(read));
    }

    void receive(ByteBuf bytes) {
      decoder.receive(bytes);
    }
  }
}

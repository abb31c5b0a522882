package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The public face of a connection: checks what is asked, and cuts it into requests that the server
 * takes.
 */
final class OpenExport implements NbdConnection {
  /** A request's length has 32 bits; the largest multiple of any block size below that. */
  private static final long MAX_RANGE = (1L << 32) - (1L << 16);

  private final SocketConnection connection;
  private final Negotiated agreed;

  OpenExport(SocketConnection connection, Negotiated agreed) {
    this.connection = connection;
    this.agreed = agreed;
  }

  @Override
  public NbdExport export() {
    return agreed.export();
  }

  @Override
  public Future<Void> read(long offset, int lengthBytes, ByteBuf target) {
    checkRange(offset, lengthBytes);
    target.ensureWritable(lengthBytes);
    int flags = agreed.structuredReplies() && export().flags().canDf() ? Wire.CMD_FLAG_DF : 0;
    int index = target.writerIndex();
    List<Future<Void>> parts = new ArrayList<>(1);
    for (int done = 0; done < lengthBytes; ) {
      int from = done;
      int part = Math.min(lengthBytes - done, export().maxPayloadBytes());
      parts.add(
          connection.submit(
              Unpooled.EMPTY_BUFFER,
              promise ->
                  new Request.Read(offset + from, part, flags, target, index + from, promise)));
      done += part;
    }
    // Waits for all even if one fails: until then the others may still write to the caller's
    // buffer.
    return Future.join(parts)
        .map(all -> {
          target.writerIndex(index + lengthBytes);
          return null;
        });
  }

  @Override
  public Future<Void> write(long offset, ByteBuf source) {
    int length = source.readableBytes();
    checkRange(offset, length);
    List<Future<Void>> parts = new ArrayList<>(1);
    for (int done = 0; done < length; ) {
      int part = Math.min(length - done, export().maxPayloadBytes());
      parts.add(
          plain(
              Wire.CMD_WRITE,
              0,
              offset + done,
              part,
              source.retainedSlice(source.readerIndex() + done, part)));
      done += part;
    }
    return Future.join(parts).mapEmpty();
  }

  @Override
  public Future<Void> writeZeroes(long offset, long lengthBytes, boolean punchHole) {
    checkRange(offset, lengthBytes);
    if (!export().flags().canWriteZeroes()) {
      return writeZeroesAsData(offset, lengthBytes);
    }
    int flags = punchHole ? 0 : Wire.CMD_FLAG_NO_HOLE;
    long part = Math.min(lengthBytes, MAX_RANGE);
    Future<Void> first = plain(Wire.CMD_WRITE_ZEROES, flags, offset, part, Unpooled.EMPTY_BUFFER);
    return part == lengthBytes
        ? first
        : first.compose(v -> writeZeroes(offset + part, lengthBytes - part, punchHole));
  }

  private Future<Void> writeZeroesAsData(long offset, long lengthBytes) {
    int part = (int) Math.min(lengthBytes, Math.min(export().maxPayloadBytes(), 1 << 20));
    Future<Void> first =
        plain(Wire.CMD_WRITE, 0, offset, part, Unpooled.buffer(part).writeZero(part));
    return part == lengthBytes
        ? first
        : first.compose(v -> writeZeroesAsData(offset + part, lengthBytes - part));
  }

  @Override
  public Future<Void> flush() {
    return export().flags().canFlush()
        ? plain(Wire.CMD_FLUSH, 0, 0, 0, Unpooled.EMPTY_BUFFER)
        : Future.succeededFuture();
  }

  @Override
  public Future<List<NbdExtent>> blockStatus(String metaContext, long offset, long lengthBytes) {
    checkRange(offset, lengthBytes);
    int context =
        agreed.contexts().entrySet().stream()
            .filter(entry -> entry.getValue().equals(metaContext))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "the metadata context '" + metaContext + "' was not selected"));
    ExtentList found = new ExtentList(offset, offset + lengthBytes);
    return fill(found, context).map(v -> found.extents());
  }

  private Future<Void> fill(ExtentList found, int context) {
    if (found.complete()) {
      return Future.succeededFuture();
    }
    long offset = found.next();
    long length = Math.min(found.end() - offset, MAX_RANGE);
    return connection
        .<Extents>submit(
            Unpooled.EMPTY_BUFFER,
            promise ->
                new Request.BlockStatus(offset, length, context, agreed.contexts().size(), promise))
        .compose(reply -> {
          found.add(reply);
          return fill(found, context);
        });
  }

  @Override
  public Future<Void> close() {
    return connection.close();
  }

  private Future<Void> plain(int command, int flags, long offset, long length, ByteBuf payload) {
    return connection.submit(
        payload, promise -> new Request.Plain(command, flags, offset, length, promise));
  }

  private void checkRange(long offset, long lengthBytes) {
    int block = export().minBlockBytes();
    boolean inside = offset >= 0 && lengthBytes > 0 && lengthBytes <= export().sizeBytes() - offset;
    if (!inside || offset % block != 0 || lengthBytes % block != 0) {
      throw new IllegalArgumentException(
          lengthBytes
              + " bytes at "
              + offset
              + " don't fit an export of "
              + export().sizeBytes()
              + " bytes in blocks of "
              + block);
    }
  }
}

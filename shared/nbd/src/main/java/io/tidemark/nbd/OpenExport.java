package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Extents;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Request.Read.Content;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * The public face of a connection: checks what is asked, and cuts it into requests that the server
 * takes.
 */
final class OpenExport implements NbdConnection {
  /** How much of zeroes is written at once where WRITE_ZEROES is missing. */
  private static final int ZERO_BYTES = 1 << 20;

  private final SocketConnection connection;
  private final Negotiated agreed;
  private final Unfragmented unfragmented;
  private final Scope scope;

  OpenExport(SocketConnection connection, Negotiated agreed) {
    this(
        connection,
        agreed,
        new Unfragmented(agreed.dialect().hasChunks() && agreed.export().flags().canDf()),
        Scope.endless());
  }

  private OpenExport(
      SocketConnection connection, Negotiated agreed, Unfragmented unfragmented, Scope scope) {
    this.connection = connection;
    this.agreed = agreed;
    this.unfragmented = unfragmented;
    this.scope = scope;
  }

  /** What the handshake agreed on. */
  Negotiated agreed() {
    return agreed;
  }

  @Override
  public NbdExport export() {
    return agreed.export();
  }

  @Override
  public Future<Void> read(long offset, int lengthBytes, ByteBuf target) {
    return read(offset, lengthBytes, target, unfragmented.flags(), false).mapEmpty();
  }

  @Override
  public Future<Boolean> readTestingZero(long offset, int lengthBytes, ByteBuf target) {
    return read(offset, lengthBytes, target, unfragmented.flags(), true).map(Content::zero);
  }

  @Override
  public Future<Long> readSparse(long offset, int lengthBytes, ByteBuf target) {
    return read(offset, lengthBytes, target, 0, false).map(Content::holeBytes);
  }

  private Future<Content> read(
      long offset, int lengthBytes, ByteBuf target, int flags, boolean testsZero) {
    export().checkRange(offset, lengthBytes);
    target.ensureWritable(lengthBytes);
    int index = target.writerIndex();
    Parts.Step<Content> part =
        (from, length) ->
            readPart(offset + from, (int) length, flags, target, index + (int) from, testsZero);
    return inParts(
            lengthBytes,
            export().maxPayloadBytes(),
            connection.useful(),
            part,
            Content.NONE,
            Content::and)
        .map(content -> {
          target.writerIndex(index + lengthBytes);
          return content;
        });
  }

  private Future<Content> readPart(
      long offset, int length, int flags, ByteBuf target, int index, boolean testsZero) {
    Future<Content> content =
        connection.submit(
            scope,
            Payload.NONE,
            promise -> new Request.Read(offset, length, flags, target, index, testsZero, promise));
    return flags == 0
        ? content
        : content.recover(e ->
            unfragmented.refused(e)
                ? readPart(offset, length, 0, target, index, testsZero)
                : Future.failedFuture(e));
  }

  @Override
  public Future<Void> write(long offset, ByteBuf source, NbdFlag... flags) {
    int length = source.readableBytes();
    export().checkRange(offset, length);
    return whenOffered(Wire.CMD_WRITE, NbdFlag.bits(flags))
        .compose(bits -> {
          ByteBuf all = source.retainedSlice();
          Parts.Step<Void> part =
              (from, bytes) -> {
                ByteBuf payload = all.retainedSlice((int) from, (int) bytes);
                return plain(Wire.CMD_WRITE, bits, offset + from, bytes, Payload.of(payload));
              };
          return inParts(length, export().maxPayloadBytes(), connection.useful(), part)
              .onComplete(done -> all.release());
        });
  }

  @Override
  public Future<Void> writeZeroes(long offset, long lengthBytes, NbdFlag... flags) {
    export().checkRange(offset, lengthBytes);
    int bits = NbdFlag.bits(flags);
    if (export().flags().canWriteZeroes() || (bits & Wire.CMD_FLAG_FAST_ZERO) != 0) {
      return ranges(Wire.CMD_WRITE_ZEROES, bits, offset, lengthBytes, agreed.dialect().maxLength());
    }
    return whenOffered(Wire.CMD_WRITE, bits & Wire.CMD_FLAG_FUA)
        .compose(fua -> writeZeroesAsData(offset, lengthBytes, fua));
  }

  private Future<Void> writeZeroesAsData(long offset, long lengthBytes, int fua) {
    return inParts(
        lengthBytes,
        Math.min(export().maxPayloadBytes(), ZERO_BYTES),
        1,
        (from, length) -> {
          int bytes = (int) length;
          ByteBuf zeroes = Unpooled.buffer(bytes).writeZero(bytes);
          return plain(Wire.CMD_WRITE, fua, offset + from, length, Payload.of(zeroes));
        });
  }

  @Override
  public Future<Void> trim(long offset, long lengthBytes, NbdFlag... flags) {
    export().checkRange(offset, lengthBytes);
    int bits = NbdFlag.bits(flags);
    return ranges(Wire.CMD_TRIM, bits, offset, lengthBytes, agreed.dialect().maxLength());
  }

  @Override
  public Future<Void> cache(long offset, long lengthBytes) {
    export().checkRange(offset, lengthBytes);
    return ranges(Wire.CMD_CACHE, 0, offset, lengthBytes, export().maxPayloadBytes());
  }

  @Override
  public Future<Void> flush() {
    return export().flags().canFlush()
        ? plain(Wire.CMD_FLUSH, 0, 0, 0, Payload.NONE)
        : Future.succeededFuture();
  }

  /** A command without payload, over as many requests as its range takes. */
  private Future<Void> ranges(int command, int flags, long offset, long lengthBytes, long most) {
    return whenOffered(command, flags)
        .compose(bits ->
            inParts(
                lengthBytes,
                most,
                1,
                (from, length) -> plain(command, bits, offset + from, length, Payload.NONE)));
  }

  @Override
  public Future<List<NbdExtent>> blockStatus(String metaContext, long offset, long lengthBytes) {
    export().checkContext(metaContext);
    return blockStatus(List.of(metaContext), offset, lengthBytes).map(all -> all.get(metaContext));
  }

  @Override
  public Future<Map<String, List<NbdExtent>>> blockStatus(long offset, long lengthBytes) {
    export().checkAnyContext();
    return blockStatus(export().metaContexts(), offset, lengthBytes);
  }

  private Future<Map<String, List<NbdExtent>>> blockStatus(
      List<String> contexts, long offset, long lengthBytes) {
    export().checkRange(offset, lengthBytes);
    return new StatusQuery(
            connection.uri(), contexts, offset, offset + lengthBytes, this::askStatus)
        .run();
  }

  private Future<Map<String, Extents>> askStatus(long offset, long lengthBytes) {
    long length = Math.min(lengthBytes, agreed.dialect().maxLength());
    return connection.submit(
        scope,
        Payload.NONE,
        promise ->
            new Request.BlockStatus(
                offset, length, export().minBlockBytes(), agreed.contexts(), promise));
  }

  @Override
  public NbdConnection withTimeout(Duration limit) {
    return view(scope.within(NbdOptions.checkLimit(limit)));
  }

  @Override
  public NbdConnection until(Future<?> cancelled) {
    Scope cancellable = scope.cancellable();
    cancelled.onComplete(ended -> connection.cancel(cancellable));
    return view(cancellable);
  }

  private NbdConnection view(Scope inner) {
    return new OpenExport(connection, agreed, unfragmented, inner);
  }

  @Override
  public Future<NbdException> lost() {
    return Contexts.toCaller(connection.lost());
  }

  @Override
  public Future<Void> close() {
    return connection.close();
  }

  private Future<Void> inParts(long total, long most, int atOnce, Parts.Step<Void> part) {
    return inParts(total, most, atOnce, part, null, (one, other) -> null);
  }

  private <T> Future<T> inParts(
      long total, long most, int atOnce, Parts.Step<T> part, T nothing, BinaryOperator<T> sum) {
    return total <= most
        ? part.begin(0, total)
        : connection.begin(() -> new Parts<>(total, most, atOnce, part, nothing, sum).run());
  }

  private Future<Void> plain(int command, int flags, long offset, long length, Payload payload) {
    return connection.submit(
        scope, payload, promise -> new Request.Plain(command, flags, offset, length, promise));
  }

  /** The flags, or what is missing of the command and them. */
  private Future<Integer> whenOffered(int command, int flags) {
    Optional<String> missing = export().flags().missing(command, flags);
    return missing
        .<Future<Integer>>map(what ->
            Future.failedFuture(
                new NbdException.Unsupported(connection.uri() + ": the export " + what)))
        .orElseGet(() -> Future.succeededFuture(flags));
  }
}

package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: sends requests, hands what comes to the handshake and then to the decoder. The only
 * class that uses Vert.x internals: its handler stands in front of Vert.x's own in the Netty
 * pipeline, which saves a copy of every byte. All state is confined to the socket's event loop.
 */
final class SocketConnection extends ChannelInboundHandlerAdapter implements ReplyDecoder.Pending {
  private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);
  private static final int REQUEST_BYTES = 28;

  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final ChannelHandlerContext channel;
  private final NbdUri uri;
  private final NbdOptions options;
  private final Promise<Negotiated> negotiated = Promise.promise();
  private final Map<Long, Request> inFlight = new HashMap<>();
  private final Queue<Outgoing> waiting = new ArrayDeque<>();
  private final Promise<Void> drained = Promise.promise();
  private final Handshake handshake;
  private final ByteBuf handshakeBytes = Unpooled.buffer();
  private final long watchdog;
  private Optional<ReplyDecoder> decoder = Optional.empty();
  private Optional<NbdException> failure = Optional.empty();
  private boolean closing;
  private long nextCookie = 1;
  private long lastHeard = System.nanoTime();

  private record Outgoing(Request request, ByteBuf payload) {}

  private SocketConnection(Vertx vertx, NetSocket socket, NbdUri uri, NbdOptions options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.channel = ((NetSocketInternal) socket).channelHandlerContext();
    this.uri = uri;
    this.options = options;
    this.handshake = new Handshake(uri, options, this::sendNow);
    this.watchdog =
        vertx.setPeriodic(
            Math.max(10, options.requestTimeout().toMillis() / 4), id -> checkInactivity());
  }

  /** Must be called on the socket's event loop, before it gets to read. */
  static Future<NbdConnection> open(Vertx vertx, NetSocket socket, NbdUri uri, NbdOptions options) {
    SocketConnection connection = new SocketConnection(vertx, socket, uri, options);
    connection.channel.pipeline().addBefore("handler", "nbd", connection);
    return connection
        .negotiated
        .future()
        .timeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .recover(e -> {
          NbdException cause = connection.handshakeFailure(e);
          connection.fail(cause);
          return Future.failedFuture(cause);
        })
        .map(agreed -> new OpenExport(connection, agreed));
  }

  private NbdException handshakeFailure(Throwable e) {
    return e instanceof NbdException known
        ? known
        : new NbdException.TimedOut(
            uri
                + ": the NBD server did not finish the handshake within "
                + options.connectTimeout().toMillis()
                + " ms");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      lastHeard = System.nanoTime();
      if (failure.isEmpty()) {
        receive(bytes);
      }
    } catch (NbdException e) {
      fail(e);
    } catch (IllegalReply e) {
      fail(
          new NbdException.Protocol(
              uri + ": the NBD server breaks the protocol: " + e.getMessage()));
    } finally {
      ReferenceCountUtil.release(bytes);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    fail(
        new NbdException.Closed(
            uri + ": the NBD server closed the connection; was the export or its VM stopped?",
            null));
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(
        new NbdException.Closed(
            uri + ": the connection to the NBD server broke (" + cause.getMessage() + ")", cause));
  }

  private void receive(ByteBuf bytes) {
    if (decoder.isPresent()) {
      decoder.get().receive(bytes);
      return;
    }
    handshakeBytes.writeBytes(bytes);
    Optional<Negotiated> agreed = handshake.receive(handshakeBytes);
    if (agreed.isPresent()) {
      ReplyDecoder next = new ReplyDecoder(agreed.get().structuredReplies(), this);
      decoder = Optional.of(next);
      next.receive(handshakeBytes);
      negotiated.tryComplete(agreed.get());
    } else {
      handshakeBytes.discardReadBytes();
    }
  }

  /**
   * Sends a request as soon as there is room for it. From any thread.
   *
   * @param payload sent behind it; taken over
   * @param request made on the event loop
   */
  <T> Future<T> submit(ByteBuf payload, Function<Promise<T>, Request> request) {
    Promise<T> promise = Promise.promise();
    run(() -> enqueue(new Outgoing(request.apply(promise), payload)));
    return onCaller(promise.future());
  }

  /** Takes leave once nothing is pending. From any thread. */
  Future<Void> close() {
    run(() -> {
      closing = true;
      leaveIfDrained();
    });
    return onCaller(drained.future());
  }

  private void enqueue(Outgoing outgoing) {
    if (failure.isPresent() || closing) {
      outgoing.payload().release();
      outgoing
          .request()
          .fail(
              failure.orElseGet(
                  () -> new NbdException.Closed(uri + ": the connection was closed", null)));
      return;
    }
    waiting.add(outgoing);
    sendWaiting();
  }

  private void sendWaiting() {
    boolean wrote = false;
    while (inFlight.size() < options.maxInFlight() && !waiting.isEmpty()) {
      if (inFlight.isEmpty()) {
        lastHeard = System.nanoTime();
      }
      write(waiting.remove());
      wrote = true;
    }
    if (wrote) {
      channel.flush();
    }
  }

  private void write(Outgoing outgoing) {
    long cookie = nextCookie++;
    Request request = outgoing.request();
    inFlight.put(cookie, request);
    send(
        header(request.flags(), request.command(), cookie)
            .writeLong(request.offset())
            .writeInt((int) request.lengthBytes()));
    if (outgoing.payload().isReadable()) {
      send(outgoing.payload());
    } else {
      outgoing.payload().release();
    }
  }

  /**
   * A failed write needs no handling of its own: it closes the channel, and that fails everything
   * pending.
   */
  private void send(ByteBuf bytes) {
    var unused = channel.write(bytes, channel.voidPromise());
  }

  private void sendNow(ByteBuf bytes) {
    send(bytes);
    channel.flush();
  }

  private ByteBuf header(int flags, int command, long cookie) {
    return channel
        .alloc()
        .directBuffer(REQUEST_BYTES, REQUEST_BYTES)
        .writeInt(Wire.REQUEST_MAGIC)
        .writeShort(flags)
        .writeShort(command)
        .writeLong(cookie);
  }

  @Override
  public Request find(long cookie) {
    return Optional.ofNullable(inFlight.get(cookie))
        .orElseThrow(() -> new IllegalReply("a reply to a request that was not sent"));
  }

  @Override
  public Request finish(long cookie) {
    Request request = find(cookie);
    inFlight.remove(cookie);
    sendWaiting();
    leaveIfDrained();
    return request;
  }

  @Override
  public void failed(Request request, int errno, String message) {
    request.fail(
        new NbdException.Server(
            uri
                + ": the NBD server answers error "
                + errno
                + (message.isEmpty() ? "" : " (" + message + ")")
                + " for "
                + request.lengthBytes()
                + " bytes at "
                + request.offset(),
            errno));
  }

  private void leaveIfDrained() {
    if (closing && inFlight.isEmpty() && waiting.isEmpty() && failure.isEmpty()) {
      failure = Optional.of(new NbdException.Closed(uri + ": the connection was closed", null));
      vertx.cancelTimer(watchdog);
      sendNow(header(0, Wire.CMD_DISC, 0).writeLong(0).writeInt(0));
      socket.close().onComplete(closed -> drained.tryComplete());
    }
  }

  private void checkInactivity() {
    long silent = System.nanoTime() - lastHeard;
    if (!inFlight.isEmpty() && silent > options.requestTimeout().toNanos()) {
      fail(
          new NbdException.TimedOut(
              uri
                  + ": the NBD server has not answered for "
                  + TimeUnit.NANOSECONDS.toMillis(silent)
                  + " ms; is its storage stuck?"));
    }
  }

  /** The end of the connection: everything that is pending fails with this cause, each once. */
  private void fail(NbdException cause) {
    if (failure.isPresent()) {
      return;
    }
    failure = Optional.of(cause);
    LOG.debug("NBD connection lost [uri: {}]", uri, cause);
    vertx.cancelTimer(watchdog);
    var unused = channel.close();
    negotiated.tryFail(cause);
    inFlight.values().forEach(request -> request.fail(cause));
    inFlight.clear();
    for (Outgoing outgoing : waiting) {
      outgoing.payload().release();
      outgoing.request().fail(cause);
    }
    waiting.clear();
    drained.tryComplete();
  }

  private void run(Runnable action) {
    if (context.equals(Vertx.currentContext())) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  private <T> Future<T> onCaller(Future<T> future) {
    return onCaller(context, future);
  }

  /** The same result on the context of the caller, if it has one that isn't {@code own}. */
  static <T> Future<T> onCaller(Context own, Future<T> future) {
    Context caller = Vertx.currentContext();
    if (caller == null || caller.equals(own)) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    future.onComplete(
        value -> caller.runOnContext(v -> promise.complete(value)),
        cause -> caller.runOnContext(v -> promise.fail(cause)));
    return promise.future();
  }

  /** A new context on one of the event loops, whatever context the caller is on. */
  static Context eventLoop(Vertx vertx) {
    return ((VertxInternal) vertx).createEventLoopContext();
  }
}

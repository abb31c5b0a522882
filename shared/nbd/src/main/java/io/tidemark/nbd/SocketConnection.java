package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: hands what comes to the handshake and then to the decoder, and sends requests. The
 * only class that uses Vert.x internals: its handler stands in front of Vert.x's own in the Netty
 * pipeline, which saves a copy of every byte. All state is confined to the socket's event loop.
 */
final class SocketConnection extends ChannelInboundHandlerAdapter
    implements RequestQueue.Line, Negotiator.Outcome {
  private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);
  private static final String HANDLER = "nbd";

  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final ChannelHandlerContext channel;
  private final Session session;
  private final Promise<Agreement> negotiated;
  private final Promise<NbdException> lost;
  private final Promise<Void> drained;
  private final ReceiveBuffers buffers = new ReceiveBuffers(this::plainReplies);
  private final RequestQueue requests;
  private final Negotiator negotiator;
  private final long watchdog;
  private Dialect dialect = Dialect.SIMPLE;
  private Optional<ReplyDecoder> decoder = Optional.empty();
  private Optional<NbdException> failure = Optional.empty();
  private Optional<NbdException> closing = Optional.empty();
  private long heardAt = System.nanoTime();

  private SocketConnection(Vertx vertx, NetSocket socket, Session session) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.channel = ((NetSocketInternal) socket).channelHandlerContext();
    this.session = session;
    this.negotiated = promise(context);
    this.lost = promise(context);
    this.drained = promise(context);
    this.requests = new RequestQueue(vertx, session, this);
    this.negotiator = new Negotiator(session, channel, HANDLER, this);
    this.watchdog =
        vertx.setPeriodic(
            Math.max(10, session.options().requestTimeout().toMillis() / 4),
            id -> checkInactivity());
  }

  /**
   * Runs the handshake. Must be called on the socket's event loop, before it gets to read.
   *
   * @param limit for the whole handshake
   */
  static Future<SocketConnection> open(
      Vertx vertx, NetSocket socket, Session session, Duration limit) {
    SocketConnection connection = new SocketConnection(vertx, socket, session);
    connection.channel.channel().config().setRecvByteBufAllocator(connection.buffers);
    connection.channel.pipeline().addBefore("handler", HANDLER, connection);
    long timer =
        vertx.setTimer(Math.max(1, limit.toMillis()), id -> connection.fail(session.tooSlow()));
    return connection
        .negotiated
        .future()
        .onComplete(ended -> vertx.cancelTimer(timer))
        .map(connection);
  }

  /** What its handshake agreed on. */
  Agreement agreement() {
    return session.plan().agreement();
  }

  NbdUri uri() {
    return session.uri();
  }

  /** Completes when the connection is lost or closed, with the cause. */
  Future<NbdException> lost() {
    return lost.future();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      heardAt = System.nanoTime();
      if (failure.isEmpty()) {
        guarded(() -> receive(bytes));
      }
    } finally {
      ReferenceCountUtil.release(bytes);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    fail(session.closedByServer());
    failure.ifPresent(this::tellEnd);
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(session.lost(cause));
  }

  private void receive(ByteBuf bytes) {
    if (decoder.isEmpty()) {
      negotiator.receive(bytes);
    } else if (buffers.inPlace()) {
      decoder.get().received(bytes.readableBytes());
    } else {
      decoder.get().receive(bytes);
    }
  }

  /** What comes over TLS must be decrypted first; what comes after a failure is not looked at. */
  private Optional<ReplyDecoder> plainReplies() {
    return session.ssl().isPresent() || failure.isPresent() ? Optional.empty() : decoder;
  }

  @Override
  public void negotiated(ByteBuf rest) {
    if (session.plan().transmission()) {
      dialect = agreement().dialect;
      ReplyDecoder next = new ReplyDecoder(dialect, requests);
      decoder = Optional.of(next);
      next.receive(rest);
    } else {
      end(session.closed());
    }
    negotiated.tryComplete(agreement());
  }

  @Override
  public void failed(NbdException cause) {
    fail(cause);
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (NbdException e) {
      fail(e);
    } catch (IllegalReply e) {
      fail(session.broken(e));
    }
  }

  /**
   * Begins something on the event loop, so that what it keeps needs no other thread. From any
   * thread.
   */
  <T> Future<T> begin(Supplier<Future<T>> work) {
    Promise<T> promise = promise(context);
    Contexts.run(context, () -> work.get().onComplete(promise));
    return Contexts.toCaller(promise.future());
  }

  /** How many requests of one caller are of use at once. */
  int useful() {
    return session.options().maxInFlight();
  }

  /**
   * Sends a request as soon as there is room for it. From any thread.
   *
   * @param payload sent behind it; taken over
   * @param request made on the event loop
   */
  <T> Future<T> submit(Scope scope, Payload payload, Function<Promise<T>, Request> request) {
    Promise<T> promise = promise(context);
    Contexts.run(
        context,
        () -> {
          try {
            Request made = request.apply(promise);
            enqueue(scope, new RequestQueue.Outgoing(made, payload), promise);
          } catch (IllegalReferenceCountException | IndexOutOfBoundsException e) {
            // The caller gave its buffer away too early.
            promise.tryFail(e);
          }
        });
    return Contexts.toCaller(payload.outlivedBy(promise.future()));
  }

  private void enqueue(Scope scope, RequestQueue.Outgoing outgoing, Promise<?> promise) {
    failure
        .or(() -> closing)
        .or(scope::cancelled)
        .ifPresentOrElse(outgoing::fail, () -> requests.add(scope, outgoing, promise.future()));
  }

  /** Gives the requests of a scope up, those to come as well. From any thread. */
  void cancel(Scope scope) {
    Contexts.run(context, () -> requests.cancel(scope));
  }

  /** Takes leave once nothing is pending, or it took too long. From any thread. */
  Future<Void> close() {
    Contexts.run(context, () -> closeWhenIdle(session.closed()));
    return Contexts.toCaller(drained.future());
  }

  private void closeWhenIdle(NbdException cause) {
    if (closing.isEmpty() && failure.isEmpty()) {
      closing = Optional.of(cause);
      long timer = vertx.setTimer(session.options().slowRequestTimeout().toMillis(), id -> abort());
      drained.future().onComplete(ended -> vertx.cancelTimer(timer));
    }
    leaveIfIdle();
  }

  private void abort() {
    fail(session.neverIdle());
    // Even if all had been answered, and the server just doesn't take the leave.
    var unused = channel.close();
  }

  @Override
  public void send(long cookie, RequestQueue.Outgoing outgoing) {
    writeHeader(cookie, outgoing.request());
    Payload payload = outgoing.payload();
    if (!payload.isEmpty()) {
      channel.write(payload.bytes()).addListener(written -> sent(payload, written.cause()));
    }
  }

  private void sent(Payload payload, Throwable failed) {
    heardAt = System.nanoTime();
    if (failed != null && channel.channel().isActive()) {
      fail(session.lost(failed));
    }
    payload.gone().tryComplete();
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public void refused(Request request, int errno, String message) {
    if (errno == Wire.ESHUTDOWN) {
      // "Error values": the client must take its leave, once all that was sent has been answered.
      NbdException cause = session.shuttingDown();
      closeWhenIdle(cause);
      requests.failWaiting(cause);
    }
    request.fail(session.refused(request, errno, message));
  }

  @Override
  public void answered() {
    // Later, since the answer is yet to be told to whoever waits for it.
    closing.ifPresent(cause -> context.runOnContext(v -> leaveIfIdle()));
  }

  private void leaveIfIdle() {
    if (closing.isPresent() && failure.isEmpty() && requests.isIdle()) {
      writeHeader(0, new Request.Plain(Wire.CMD_DISC, 0, 0, 0, Promise.promise()));
      channel.flush();
      end(closing.get());
    }
  }

  /**
   * A failed write needs no handling of its own: it closes the channel, and that fails everything
   * pending.
   */
  private void writeHeader(long cookie, Request request) {
    ByteBuf header = channel.alloc().directBuffer(dialect.requestBytes(), dialect.requestBytes());
    dialect.writeRequest(header, cookie, request);
    var unused = channel.write(header, channel.voidPromise());
  }

  private void checkInactivity() {
    requests.overdue(System.nanoTime(), heardAt).ifPresent(this::fail);
  }

  /** The end in good order, with nothing pending. */
  private void end(NbdException cause) {
    failure = Optional.of(cause);
    vertx.cancelTimer(watchdog);
    socket.close().onComplete(closed -> tellEnd(cause));
  }

  private void tellEnd(NbdException cause) {
    drained.tryComplete();
    lost.tryComplete(cause);
  }

  /** The end of the connection: everything that is pending fails with this cause, each once. */
  private void fail(NbdException cause) {
    if (failure.isPresent()) {
      return;
    }
    failure = Optional.of(cause);
    LOG.debug("NBD connection lost [uri: {}]", session.uri(), cause);
    vertx.cancelTimer(watchdog);
    var unused = channel.close();
    negotiated.tryFail(cause);
    // First, so that nobody who hears of a failed request tries the next one here.
    lost.tryComplete(cause);
    requests.failAll(cause);
    drained.tryComplete();
  }

  /**
   * A promise of that context: whoever waits for it is told there, and what one of them throws is
   * reported there, instead of being thrown at whoever keeps the promise.
   */
  static <T> Promise<T> promise(Context context) {
    return ((ContextInternal) context).promise();
  }

  /** A new context on one of the event loops, whatever context the caller is on. */
  static Context eventLoop(Vertx vertx) {
    return ((VertxInternal) vertx).createEventLoopContext();
  }
}

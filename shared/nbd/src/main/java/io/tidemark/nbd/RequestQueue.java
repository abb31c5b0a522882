package io.tidemark.nbd;

import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * The requests of a connection: those in flight, by their cookies, and those that wait until there
 * is room for them. Lives on the connection's event loop.
 */
final class RequestQueue implements ReplyDecoder.Pending {

  /** A request on its way to the server, and the payload that is sent behind it. */
  record Outgoing(Request request, Payload payload) {
    void fail(NbdException cause) {
      payload.drop();
      request.fail(cause);
    }
  }

  /**
   * A request that the server is at.
   *
   * @param sentAt by {@link System#nanoTime()}
   * @param bytesInFlight payload in flight when it was sent, its own included
   */
  private record Sent(Request request, long sentAt, long bytesInFlight) {}

  /** Where the requests go. */
  interface Line {
    /** Sends a request; takes its payload over. */
    void send(long cookie, Outgoing outgoing);

    /** What was sent so far goes out now. */
    void flush();

    /** The server answered a request with an error. */
    void refused(Request request, int errno, String message);

    /** There is one less in flight. */
    void answered();
  }

  private final Vertx vertx;
  private final Session session;
  private final Line line;
  private final Patience patience;
  private final Map<Long, Sent> inFlight = new HashMap<>();
  private final Queue<Outgoing> waiting = new ArrayDeque<>();
  private long bytesInFlight;
  private long nextCookie = 1;

  RequestQueue(Vertx vertx, Session session, Line line) {
    this.vertx = vertx;
    this.session = session;
    this.line = line;
    this.patience = Patience.of(session.options());
  }

  boolean isIdle() {
    return inFlight.isEmpty() && waiting.isEmpty();
  }

  /**
   * Why the server counts as lost, if it does not answer.
   *
   * @param now by {@link System#nanoTime()}
   * @param heardAt when the last bytes went through the socket
   */
  Optional<NbdException> overdue(long now, long heardAt) {
    boolean amongSlow = inFlight.values().stream().map(Sent::request).anyMatch(Patience::isSlow);
    return inFlight.values().stream()
        .flatMap(sent -> overdue(sent, amongSlow, now, heardAt).stream())
        .findFirst();
  }

  private Optional<NbdException> overdue(Sent sent, boolean amongSlow, long now, long heardAt) {
    Duration age = Duration.ofNanos(now - sent.sentAt());
    Duration unheard = Duration.ofNanos(now - heardAt);
    Duration silence = unheard.compareTo(age) < 0 ? unheard : age;
    Duration limit = patience.silence(sent.request(), amongSlow);
    if (silence.compareTo(limit) > 0) {
      return Optional.of(session.silent(silence));
    }
    return age.compareTo(Patience.age(limit, sent.bytesInFlight())) > 0
        ? Optional.of(session.timedOut(sent.request(), age))
        : Optional.empty();
  }

  /**
   * Sends it as soon as there is room for it.
   *
   * @param answered when it needs no watching any more
   */
  void add(Scope scope, Outgoing outgoing, Future<?> answered) {
    scope.layers().forEach(layer -> watch(layer, outgoing.request(), answered));
    waiting.add(outgoing);
    sendWaiting();
  }

  private void watch(Scope layer, Request request, Future<?> answered) {
    layer.begin(request);
    answered.onComplete(answer -> layer.end(request));
    layer
        .limit()
        .ifPresent(limit -> {
          long timer =
              vertx.setTimer(
                  Math.max(1, limit.toMillis()),
                  id -> abandon(request, session.timedOut(request, limit)));
          answered.onComplete(answer -> vertx.cancelTimer(timer));
        });
  }

  /** Gives the requests of a scope up, those to come as well. */
  void cancel(Scope scope) {
    NbdException cause = session.cancelled();
    scope.cancel(cause).forEach(request -> abandon(request, cause));
  }

  /**
   * Fails a request now; a write that is being sent once its payload is gone, which its caller
   * waits for. What still comes for it is passed over; until then it takes its place among those in
   * flight, since the server is at work on it.
   */
  private void abandon(Request request, NbdException cause) {
    for (Iterator<Outgoing> all = waiting.iterator(); all.hasNext(); ) {
      Outgoing outgoing = all.next();
      if (outgoing.request().equals(request)) {
        all.remove();
        outgoing.fail(cause);
        return;
      }
    }
    request.fail(cause);
  }

  /** The connection is lost: everything fails, each once. */
  void failAll(NbdException cause) {
    var lost = Map.copyOf(inFlight);
    inFlight.clear();
    bytesInFlight = 0;
    lost.values().forEach(sent -> sent.request().fail(cause));
    failWaiting(cause);
  }

  /** What was not sent yet fails, and is not sent. */
  void failWaiting(NbdException cause) {
    var unsent = new ArrayDeque<>(waiting);
    waiting.clear();
    unsent.forEach(outgoing -> outgoing.fail(cause));
  }

  @Override
  public Request find(long cookie) {
    Sent sent = inFlight.get(cookie);
    if (sent == null) {
      throw new IllegalReply("a reply to a request that was not sent");
    }
    return sent.request();
  }

  @Override
  public Request finish(long cookie) {
    Request request = remove(cookie);
    sendWaiting();
    line.answered();
    return request;
  }

  @Override
  public void failed(long cookie, int errno, String message) {
    // Before more is sent: the server may be about to leave.
    line.refused(remove(cookie), errno, message);
    sendWaiting();
    line.answered();
  }

  private Request remove(long cookie) {
    Request request = find(cookie);
    inFlight.remove(cookie);
    bytesInFlight -= request.payloadBytes();
    return request;
  }

  private void sendWaiting() {
    boolean sent = false;
    while (!waiting.isEmpty() && hasRoom(waiting.element().request())) {
      Outgoing outgoing = waiting.remove();
      Request request = outgoing.request();
      long cookie = nextCookie++;
      line.send(cookie, outgoing);
      bytesInFlight += request.payloadBytes();
      inFlight.put(cookie, new Sent(request, System.nanoTime(), bytesInFlight));
      sent = true;
    }
    if (sent) {
      line.flush();
    }
  }

  private boolean hasRoom(Request request) {
    return inFlight.isEmpty()
        || (inFlight.size() < session.options().maxInFlight()
            && bytesInFlight + request.payloadBytes() <= session.options().maxBytesInFlight());
  }
}

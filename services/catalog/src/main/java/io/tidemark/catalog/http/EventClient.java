package io.tidemark.catalog.http;

import io.tidemark.catalog.live.EventFilter;
import io.tidemark.catalog.live.EventJournal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower of the live events. The journal waits for a slow client, since it can be read again;
 * what can't is left out for it; one that takes nothing for long is dropped.
 */
final class EventClient {
  private static final Logger LOG = LoggerFactory.getLogger(EventClient.class);
  private static final int BATCH = 200;

  private final Follower follower;
  private final HttpServerResponse response;
  private final EventJournal journal;
  private final EventFilter filter;
  private long cursor;
  private boolean pumping;
  private boolean again;
  private boolean dropped;
  private Runnable whenGone = () -> {};
  private long writableAt = System.nanoTime();

  /**
   * Who follows.
   *
   * @param admitted finds out whether that is still allowed
   * @param patience how long nothing may be taken
   */
  record Follower(
      HttpServerRequest request, Supplier<Future<Boolean>> admitted, Duration patience) {}

  EventClient(Follower follower, EventJournal journal, EventFilter filter, long cursor) {
    this.follower = follower;
    this.response = follower.request().response();
    this.journal = journal;
    this.filter = filter;
    this.cursor = cursor;
  }

  void begin() {
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no")
        .exceptionHandler(gone -> LOG.debug("A client of the live events has gone", gone))
        .drainHandler(drained -> pump());
    write("retry: 2000\n: the live events of Tidemark\n\n");
  }

  void onClose(Runnable action) {
    whenGone = action;
    response.closeHandler(closed -> action.run());
  }

  /** Whether it may still follow. */
  Future<Boolean> stillAdmitted() {
    return follower.admitted().get();
  }

  /** Cuts the connection at once, whatever waits to be sent on it. */
  void drop(String why) {
    if (dropped) {
      return;
    }
    dropped = true;
    LOG.info("{} [client: {}]", why, follower.request().remoteAddress());
    whenGone.run();
    Connections.cut(follower.request());
  }

  /** Sends what the journal has that this client does not. */
  void pump() {
    if (isGone() || isFull()) {
      return;
    }
    if (pumping) {
      again = true;
      return;
    }
    pumping = true;
    journal
        .after(cursor, filter, BATCH)
        .onComplete(entries -> {
          pumping = false;
          if (entries.succeeded()) {
            send(entries.result());
          }
        });
  }

  /** What this client wants. */
  EventFilter filter() {
    return filter;
  }

  /** Says that events before {@code oldest} are no longer kept. */
  void gap(long oldest) {
    write("event: gap\ndata: {\"from\":" + oldest + "}\n\n");
  }

  /** Sends something that is not kept, unless the client is behind. */
  void offer(String message) {
    if (!isGone() && !isFull()) {
      write(message);
    }
  }

  void close() {
    if (!isGone() && !response.ended()) {
      response.end();
    }
  }

  private boolean isGone() {
    return dropped || response.closed();
  }

  private void send(List<EventJournal.Entry> entries) {
    if (isGone()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (EventJournal.Entry entry : entries) {
      text.append("id: ").append(entry.id());
      text.append("\nevent: ").append(entry.type());
      text.append("\ndata: ").append(entry.event()).append("\n\n");
      cursor = entry.id();
    }
    if (text.length() > 0) {
      write(text.toString());
    }
    if (again || entries.size() == BATCH) {
      again = false;
      pump();
    }
  }

  private boolean isFull() {
    if (!response.writeQueueFull()) {
      writableAt = System.nanoTime();
      return false;
    }
    if (System.nanoTime() - writableAt > follower.patience().toNanos()) {
      drop("A client of the live events takes nothing and is dropped");
    }
    return true;
  }

  private void write(String text) {
    response.write(text).onFailure(gone -> LOG.debug("A client of the live events has gone", gone));
  }
}

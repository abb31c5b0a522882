package io.tidemark.catalog.http;

import io.tidemark.catalog.live.EventJournal;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that happens, as server-sent events: the journal with its ids, from {@code
 * Last-Event-ID} on if the client names one, and jobs and heartbeats of shards as they come.
 * Confined to one context.
 */
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int MOST_CLIENTS = 100;

  /** How long a job that has ended is looked at, so that its end is not missed. */
  private static final Duration ENDED_LATELY = Duration.ofSeconds(15);

  private final EventJournal journal;
  private final JobViews jobs;
  private final CloudEvents codec = new CloudEvents();
  private final Set<EventClient> clients = new HashSet<>();
  private final Map<String, String> lastTold = new HashMap<>();

  EventStream(EventJournal journal, JobViews jobs) {
    this.journal = journal;
    this.jobs = jobs;
  }

  /** Serves a client until it goes away. */
  void open(RoutingContext context) {
    if (clients.size() >= MOST_CLIENTS) {
      new Problem(503, "Too many clients follow the live events: close one of them.").send(context);
      return;
    }
    Optional<Long> after = lastEventId(context);
    after
        .map(io.vertx.core.Future::succeededFuture)
        .orElseGet(journal::newest)
        .onSuccess(cursor -> follow(context, cursor))
        .onFailure(failure -> Problem.of(failure, context).send(context));
  }

  /** The journal may have news. */
  void wake() {
    clients.forEach(EventClient::pump);
  }

  /** Keeps connections alive that nothing is said on. */
  void heartbeat() {
    List.copyOf(clients).forEach(client -> client.offer(": still here\n\n"));
  }

  /** Tells how the jobs are, to whoever listens. */
  void tellJobs() {
    if (clients.isEmpty()) {
      lastTold.clear();
      return;
    }
    jobs.active(ENDED_LATELY)
        .onSuccess(this::tell)
        .onFailure(failure -> LOG.debug("No news of jobs: {}", failure.getMessage()));
  }

  /** A shard has told how far it is. */
  void progress(EventEnvelope<ShardProgress> envelope) {
    if (!clients.isEmpty()) {
      String event = new String(codec.encode(envelope), StandardCharsets.UTF_8);
      offer("event: ShardProgress\ndata: " + event + "\n\n");
    }
  }

  /** Ends every connection. */
  void close() {
    List.copyOf(clients).forEach(EventClient::close);
  }

  private void follow(RoutingContext context, long cursor) {
    if (context.response().closed()) {
      return;
    }
    EventClient client = new EventClient(context.response(), journal, cursor);
    clients.add(client);
    client.onClose(() -> clients.remove(client));
    client.begin();
    client.pump();
  }

  private void tell(List<JsonObject> active) {
    Set<String> ids = new HashSet<>();
    for (JsonObject job : active) {
      String id = job.getString("id");
      String text = job.encode();
      ids.add(id);
      String before = lastTold.put(id, text);
      if ("running".equals(job.getString("state")) || !text.equals(before)) {
        offer("event: job\ndata: " + text + "\n\n");
      }
    }
    lastTold.keySet().retainAll(ids);
  }

  private void offer(String message) {
    List.copyOf(clients).forEach(client -> client.offer(message));
  }

  private static Optional<Long> lastEventId(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader("Last-Event-ID"))
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::valueOf);
  }
}

package io.tidemark.catalog.http;

import io.tidemark.catalog.live.EventFilter;
import io.tidemark.catalog.live.EventJournal;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.vertx.core.Future;
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
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long a job that has ended is looked at, so that its end is not missed. */
  private static final Duration ENDED_LATELY = Duration.ofSeconds(15);

  private final EventJournal journal;
  private final JobViews jobs;
  private final CloudEvents codec = new CloudEvents();
  private final Set<EventClient> clients = new HashSet<>();
  private final Map<String, String> lastTold = new HashMap<>();
  private final Map<String, Optional<String>> domainOf = new HashMap<>();
  private final VmApi vms;
  private boolean telling;

  EventStream(EventJournal journal, JobViews jobs, VmApi vms) {
    this.journal = journal;
    this.jobs = jobs;
    this.vms = vms;
  }

  Map<String, Answer> answers() {
    return Map.of("followEvents", this::open, "listEvents", this::list);
  }

  private Future<Reply> list(RoutingContext context) {
    return filter(context)
        .compose(
            wanted -> journal.page(wanted, Query.text(context, "cursor"), Query.limit(context)))
        .map(page -> Reply.ok(Views.page("events", page.map(EventStream::entry))));
  }

  /** Serves a client until it goes away. */
  private Future<Reply> open(RoutingContext context) {
    if (clients.size() >= MOST_CLIENTS) {
      throw new BadRequest(503, "Too many clients follow the live events: close one of them.");
    }
    Optional<Long> after = lastEventId(context);
    return filter(context)
        .compose(wanted ->
            Future.all(
                    after.map(Future::succeededFuture).orElseGet(journal::newest), journal.oldest())
                .map(places -> {
                  long cursor = places.resultAt(0);
                  Optional<Long> oldest = places.resultAt(1);
                  follow(
                      context,
                      wanted,
                      cursor,
                      oldest.filter(first -> after.isPresent() && cursor + 1 < first));
                  return Reply.taken();
                }));
  }

  private Future<EventFilter> filter(RoutingContext context) {
    Set<String> types =
        Query.text(context, "type").map(text -> Set.of(text.split(","))).orElse(Set.of());
    Optional<String> job = Query.text(context, "job");
    return Query.text(context, "vm")
        .map(vm -> vms.known(vm).map(domain -> Optional.of(domain.uuid())))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
        .map(domain -> new EventFilter(domain, job, types));
  }

  private static JsonObject entry(EventJournal.Entry entry) {
    return new JsonObject()
        .put("id", entry.id())
        .put("type", entry.type())
        .put("vm", entry.domainUuid().orElse(null))
        .put("job", entry.job().orElse(null))
        .put("recordedAt", entry.recordedAt().toString())
        .put("event", new JsonObject(entry.event()));
  }

  /** The journal may have news. */
  void wake() {
    // One that is dropped meanwhile leaves the set.
    List.copyOf(clients).forEach(EventClient::pump);
  }

  /** Keeps connections alive that nothing is said on. */
  void heartbeat() {
    List.copyOf(clients).forEach(client -> client.offer(": still here\n\n"));
  }

  /** Ends the connections of those who may no longer follow. */
  void checkFollowers() {
    List.copyOf(clients)
        .forEach(client ->
            client
                .stillAdmitted()
                .onSuccess(still -> {
                  if (!still) {
                    client.drop("A client of the live events may no longer follow them");
                  }
                })
                .onFailure(failure ->
                    LOG.debug("It is not known who may follow: {}", failure.getMessage())));
  }

  /** Tells how the jobs are, to whoever listens. */
  void tellJobs() {
    if (clients.isEmpty()) {
      lastTold.clear();
      return;
    }
    if (telling) {
      return;
    }
    telling = true;
    jobs.active(ENDED_LATELY)
        .onComplete(asked -> telling = false)
        .onSuccess(this::tell)
        .onFailure(failure -> LOG.debug("No news of jobs: {}", failure.getMessage()));
  }

  /** A shard has told how far it is. */
  void progress(EventEnvelope<ShardProgress> envelope) {
    if (clients.isEmpty()) {
      return;
    }
    String job = envelope.event().jobId();
    String event = new String(codec.encode(envelope), StandardCharsets.UTF_8);
    offer("ShardProgress", domainOf.getOrDefault(job, Optional.empty()), job, event);
  }

  /** Ends every connection. */
  void close() {
    List.copyOf(clients).forEach(EventClient::close);
  }

  private void follow(RoutingContext context, EventFilter wanted, long cursor, Optional<Long> gap) {
    if (context.response().closed()) {
      return;
    }
    EventClient client =
        new EventClient(
            new EventClient.Follower(context.request(), Guard.still(context), PATIENCE),
            journal,
            wanted,
            cursor);
    clients.add(client);
    client.onClose(() -> clients.remove(client));
    client.begin();
    gap.ifPresent(client::gap);
    client.pump();
  }

  private void tell(List<JobViews.Active> active) {
    domainOf.clear();
    for (JobViews.Active job : active) {
      domainOf.put(job.id(), job.domainUuid());
      String text = job.view().encode();
      String before = lastTold.put(job.id(), text);
      if ("running".equals(job.view().getString("state")) || !text.equals(before)) {
        offer("job", job.domainUuid(), job.id(), text);
      }
    }
    lastTold.keySet().retainAll(domainOf.keySet());
  }

  private void offer(String type, Optional<String> domain, String job, String data) {
    String message = "event: " + type + "\ndata: " + data + "\n\n";
    for (EventClient client : List.copyOf(clients)) {
      if (client.filter().wants(type) && client.filter().wants(domain, job)) {
        client.offer(message);
      }
    }
  }

  private static Optional<Long> lastEventId(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader("Last-Event-ID"))
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::valueOf);
  }
}

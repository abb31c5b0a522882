package io.tidemark.catalog.http;

import io.tidemark.catalog.store.Words;
import io.tidemark.catalog.webhook.Deliveries;
import io.tidemark.catalog.webhook.Delivery;
import io.tidemark.catalog.webhook.Webhook;
import io.tidemark.catalog.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** Webhooks and what became of their deliveries. */
final class WebhookApi {
  private final Webhooks webhooks;
  private final Deliveries deliveries;

  WebhookApi(Webhooks webhooks, Deliveries deliveries) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
  }

  Map<String, Answer> answers() {
    return Map.of(
        "listWebhooks", this::list,
        "createWebhook", this::make,
        "getWebhook", this::get,
        "putWebhook", this::change,
        "deleteWebhook", this::remove,
        "listDeliveries", this::deliveries,
        "redeliver", this::again);
  }

  private Future<Reply> list(RoutingContext context) {
    return webhooks
        .page(Query.text(context, "cursor"), Query.limit(context))
        .map(page -> Reply.ok(Views.page("webhooks", page.map(WebhookApi::view))));
  }

  private Future<Reply> make(RoutingContext context) {
    return webhooks
        .make(wanted(context))
        .map(made ->
            ETags.on(
                Reply.created(
                    new JsonObject()
                        .put("webhook", view(made.webhook()))
                        .put("secret", made.secret())),
                made.webhook().version()));
  }

  private Future<Reply> get(RoutingContext context) {
    return webhooks.get(context.pathParam("id")).map(WebhookApi::tagged);
  }

  private Future<Reply> change(RoutingContext context) {
    String id = context.pathParam("id");
    long seen = ETags.seen(context);
    return webhooks
        .get(id)
        .compose(known -> webhooks.change(id, seen, wanted(context)))
        .map(changed -> tagged(changed.orElseThrow(() -> ETags.outdated("Webhook '" + id + "'"))));
  }

  private Future<Reply> remove(RoutingContext context) {
    return webhooks.remove(context.pathParam("id")).map(done -> Reply.noContent());
  }

  private Future<Reply> deliveries(RoutingContext context) {
    return webhooks
        .get(context.pathParam("id"))
        .compose(webhook ->
            deliveries.page(
                webhook.id(),
                Query.text(context, "state").map(word -> Words.parse(Delivery.State.class, word)),
                Query.text(context, "cursor"),
                Query.limit(context)))
        .map(page -> Reply.ok(Views.page("deliveries", page.map(WebhookApi::view))));
  }

  private Future<Reply> again(RoutingContext context) {
    return deliveries
        .again(context.pathParam("id"), Long.parseLong(context.pathParam("delivery")))
        .map(delivery -> Reply.status(202, view(delivery)));
  }

  private static Webhooks.Wanted wanted(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    return new Webhooks.Wanted(
        body.required("url"), body.texts("events"), body.flag("active", true));
  }

  private static Reply tagged(Webhook webhook) {
    return ETags.on(Reply.ok(view(webhook)), webhook.version());
  }

  private static JsonObject view(Webhook webhook) {
    return new JsonObject()
        .put("id", webhook.id())
        .put("url", webhook.url())
        .put("events", new JsonArray(webhook.events()))
        .put("active", webhook.active())
        .put("createdAt", webhook.createdAt().toString())
        .put("pending", webhook.pending())
        .put("dead", webhook.dead());
  }

  private static JsonObject view(Delivery delivery) {
    return new JsonObject()
        .put("id", String.valueOf(delivery.id()))
        .put("webhook", delivery.webhook())
        .put("event", delivery.eventId())
        .put("type", delivery.type())
        .put("state", Words.of(delivery.state()))
        .put("attempts", delivery.attempts())
        .put("lastStatus", delivery.lastStatus().orElse(null))
        .put("lastError", delivery.lastError().orElse(null))
        .put("createdAt", delivery.createdAt().toString())
        .put("nextAttemptAt", Views.time(delivery.nextAttemptAt()))
        .put("deliveredAt", Views.time(delivery.deliveredAt()));
  }
}

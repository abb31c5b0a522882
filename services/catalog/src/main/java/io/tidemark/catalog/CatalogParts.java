package io.tidemark.catalog;

import io.tidemark.catalog.access.Access;
import io.tidemark.catalog.backup.Backups;
import io.tidemark.catalog.contract.OpenApi;
import io.tidemark.catalog.conversion.Conversions;
import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.domain.InventoryFollower;
import io.tidemark.catalog.http.HttpApi;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.live.EventJournal;
import io.tidemark.catalog.point.GarbageCollection;
import io.tidemark.catalog.point.PointForgetter;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Rebuild;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.restore.RestorePreviews;
import io.tidemark.catalog.restore.RestoreRoots;
import io.tidemark.catalog.restore.Restores;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Inbox;
import io.tidemark.catalog.store.Migrations;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.catalog.store.OutboxRelay;
import io.tidemark.catalog.store.Retention;
import io.tidemark.catalog.store.Wakeups;
import io.tidemark.catalog.verification.Healing;
import io.tidemark.catalog.verification.Verifications;
import io.tidemark.catalog.webhook.Deliveries;
import io.tidemark.catalog.webhook.WebhookSender;
import io.tidemark.catalog.webhook.Webhooks;
import io.tidemark.runtime.Events;
import io.vertx.core.Vertx;

/** The parts of the catalog, put together. */
record CatalogParts(
    Database database,
    Migrations migrations,
    Inbox inbox,
    OutboxRelay relay,
    Wakeups wakeups,
    Retention retention,
    InventoryFollower inventory,
    EventJournal journal,
    Vault vault,
    Rebuild rebuild,
    PointForgetter forgetter,
    Backups backups,
    Restores restores,
    Conversions conversions,
    Verifications verifications,
    Progresses progresses,
    Access access,
    WebhookSender sender,
    HttpApi http) {

  static CatalogParts of(Vertx vertx, CatalogConfig config, OpenApi contract, Events events) {
    Timeouts timeouts = config.timeouts();
    Database database = Database.connect(vertx, config.postgresUri());
    DomainStore domains = new DomainStore();
    PointStore points = new PointStore();
    ProgressBoard board = new ProgressBoard(System::nanoTime);
    Inbox inbox = new Inbox(vertx, database);
    Outbox outbox = new Outbox();
    Vault vault = new Vault(vertx, config.repository(), database);
    Rebuild rebuild = new Rebuild(database, domains, points, vault);
    PointForgetter forgetter = new PointForgetter(database, vault);
    RestoreRoots roots = new RestoreRoots(config.api().restoreRoots());
    EventJournal journal = new EventJournal(vertx, database);
    Backups backups =
        new Backups(
            new Backups.Base(database, inbox, outbox, vault, new Healing(database, vault)),
            domains,
            points,
            board,
            timeouts);
    Restores restores =
        new Restores(new Restores.Base(database, inbox, outbox, roots), points, board, timeouts);
    RestorePreviews previews =
        new RestorePreviews(vertx, database, points, roots, config.api().onHypervisor());
    Conversions conversions =
        new Conversions(
            new Conversions.Base(database, inbox, outbox), new Domains(domains), timeouts);
    Verifications verifications =
        new Verifications(vertx, new Verifications.Base(database, vault), points, board, timeouts);
    HttpApi.Views views = new HttpApi.Views(database, domains, points, board, journal);
    boolean allowPrivate = config.api().webhooks().allowPrivate();
    Deliveries deliveries = new Deliveries(database);
    Webhooks webhooks = new Webhooks(vertx, database, allowPrivate);
    WebhookSender sender = new WebhookSender(vertx, deliveries, config.api().webhooks());
    HttpApi.Actions actions =
        new HttpApi.Actions(
            backups.requests(),
            restores.requests(),
            previews,
            conversions,
            verifications,
            forgetter,
            rebuild,
            new GarbageCollection(database, vault),
            webhooks,
            deliveries);
    Access access = new Access(vertx, database, config.api().access());
    HttpApi.Base base = new HttpApi.Base(contract, config.api(), access, vault, events);
    return new CatalogParts(
        database,
        new Migrations(vertx, database),
        inbox,
        new OutboxRelay(database, events),
        new Wakeups(vertx, database),
        new Retention(database, config.retention(), config.eventLogRetention()),
        new InventoryFollower(vertx, database, domains),
        journal,
        vault,
        rebuild,
        forgetter,
        backups,
        restores,
        conversions,
        verifications,
        new Progresses(database, board, timeouts),
        access,
        sender,
        new HttpApi(vertx, base, views, actions));
  }
}

/**
 * The catalog: restore chains in PostgreSQL, the sagas of backups and restores, the HTTP API and
 * the page.
 *
 * <p>What the catalog decides is written to PostgreSQL in one transaction together with the events
 * that say so ({@link io.tidemark.catalog.store.Outbox}); what it hears is taken into account once
 * ({@link io.tidemark.catalog.store.Inbox}). Work on the repository blocks, and so runs on worker
 * threads outside of any event's handler.
 */
package io.tidemark.catalog;

/** Webhooks: events posted to URLs, signed, and retried from a queue in PostgreSQL. */
package io.tidemark.catalog.webhook;

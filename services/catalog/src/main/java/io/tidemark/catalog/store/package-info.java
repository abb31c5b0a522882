/** PostgreSQL: the pool, migrations, the transactional outbox and the inbox. */
package io.tidemark.catalog.store;

/** A real PostgreSQL for a machine that has none: durable, on the loopback interface alone. */
package io.tidemark.postgres;

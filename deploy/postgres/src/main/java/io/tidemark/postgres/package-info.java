/** A real PostgreSQL for one machine, as a child process. */
package io.tidemark.postgres;

/** A real KRaft broker for one machine, best run in a JVM of its own. */
package io.tidemark.broker;

/**
 * A real Kafka broker for a machine that has none: one KRaft node on the loopback interface, in its
 * own process or, for tests, in the caller's.
 */
package io.tidemark.broker;

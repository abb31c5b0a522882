package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.vertx.core.Vertx;

/** What all consumers of a process share. */
record KafkaParts(Vertx vertx, KafkaSettings settings, CloudEvents cloudEvents, TopicAdmin admin) {}

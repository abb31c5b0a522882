/**
 * What every service process needs around its verticle: the events on Kafka, health and start-up.
 */
package io.tidemark.runtime;

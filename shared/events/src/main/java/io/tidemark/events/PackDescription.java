package io.tidemark.events;

/**
 * A durable pack that a shard wrote.
 *
 * @param pack the pack's id
 * @param rawBytes bytes of content before compression
 * @param storedBytes bytes of the pack file
 */
public record PackDescription(String pack, long rawBytes, long storedBytes) {}

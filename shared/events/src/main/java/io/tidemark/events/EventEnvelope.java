package io.tidemark.events;

import java.time.Instant;

/**
 * An event with its CloudEvents 1.0 attributes.
 *
 * @param id unique for the source; the same fact published twice has the same id
 * @param source who says it, for example {@code /tidemark/checkpointer}
 * @param time when it became true
 * @param event the fact
 */
public record EventEnvelope<E extends Event>(String id, String source, Instant time, E event) {}

package io.tidemark.extractor;

import io.tidemark.events.Event;
import io.vertx.core.Future;

/** One attempt at a shard. Event loop only. */
interface ShardAttempt {

  /**
   * Does it; call it once.
   *
   * @return the event that says what came of it; after a failure nothing half done is left
   */
  Future<? extends Event> run();

  /** Bytes read or written so far. */
  long doneBytes();

  /** Bytes that will be read or written; 0 until it is known. */
  long totalBytes();
}

package io.tidemark.runtime;

import io.vertx.core.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a message goes that can't be handled. */
@FunctionalInterface
interface DeadLetters {

  /**
   * Takes a message out of the way.
   *
   * @return completes when it is safe to go on to the next message
   */
  Future<Void> take(ConsumerRecord<byte[], byte[]> message, Throwable reason);
}

package io.tidemark.events;

/**
 * A fact that one service tells the others. Every event is immutable, belongs to one {@link Topic}
 * and carries the key that keeps the order of the one thing (domain, backup, restore, conversion)
 * it speaks of.
 *
 * <p>The simple name of a record is its public type: {@code BackupStarted} travels as {@code
 * io.tidemark.BackupStarted.v1}. Fields are only ever added; a change that old readers can't ignore
 * becomes a new type with the next version.
 */
public sealed interface Event
    permits InventoryEvent, ConversionEvent, BackupEvent, RestoreEvent, ShardEvent, ProgressEvent {

  /** The topic on which events of this type travel. */
  Topic topic();

  /**
   * The Kafka message key and CloudEvents subject: events of the same key are seen in the order
   * they were published.
   */
  String key();
}

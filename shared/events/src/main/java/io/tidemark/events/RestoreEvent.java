package io.tidemark.events;

/** The story of one restore, from the request to the proven files. */
public sealed interface RestoreEvent extends Event
    permits RestoreRequested,
        RestoreAccepted,
        RestoreTargetReady,
        RestoreShardsPlanned,
        ShardRestored,
        RestoreDataWritten,
        RestoreCompleted,
        RestoreFailed {

  /** Identifies the restore in every event of its story. */
  String restoreId();

  @Override
  default Topic topic() {
    return Topic.RESTORES;
  }

  @Override
  default String key() {
    return restoreId();
  }
}

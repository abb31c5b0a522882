package io.tidemark.converter;

import io.tidemark.events.RestoreAccepted;

/**
 * What is remembered of a restore, until long after its end: its events may come again.
 *
 * @param stage how far it has come
 */
record RestoreEntry(RestoreAccepted accepted, RestoreStage stage) {

  String id() {
    return accepted.restoreId();
  }

  RestoreEntry at(RestoreStage next) {
    return new RestoreEntry(accepted, next);
  }

  /** Its files are in place, or removed. */
  boolean ended() {
    return switch (stage) {
      case RestoreStage.Opening opening -> false;
      case RestoreStage.Open open -> false;
      case RestoreStage.Written written -> false;
      case RestoreStage.Completed completed -> true;
      case RestoreStage.Failed failed -> true;
    };
  }
}

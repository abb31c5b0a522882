package io.tidemark.converter;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreTargetReady;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a restore, until long after its end: its events may come again.
 *
 * @param ready what was published when the exports were open
 * @param exports the qemu-nbd processes that serve them
 * @param completed what was published at the good end
 */
record RestoreEntry(
    RestoreAccepted accepted,
    RestoreTargetReady ready,
    List<NbdExport> exports,
    Optional<RestoreCompleted> completed) {
  RestoreEntry {
    exports = List.copyOf(exports);
  }

  RestoreEntry completedWith(RestoreCompleted event) {
    return new RestoreEntry(accepted, ready, List.of(), Optional.of(event));
  }
}

package io.tidemark.events;

import java.util.List;

/** The restored disks are whole, durable and in place. */
public record RestoreCompleted(String restoreId, List<RestoredFile> files) implements RestoreEvent {
  public RestoreCompleted {
    files = List.copyOf(files);
  }
}

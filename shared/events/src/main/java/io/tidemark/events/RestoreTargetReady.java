package io.tidemark.events;

import java.util.List;

/** The targets of a restore exist and are exported writable over NBD. */
public record RestoreTargetReady(String restoreId, String hypervisor, List<RestoreTarget> targets)
    implements RestoreEvent {
  public RestoreTargetReady {
    targets = List.copyOf(targets);
  }
}

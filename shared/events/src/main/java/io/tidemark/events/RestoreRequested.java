package io.tidemark.events;

import java.util.Map;
import java.util.Optional;

/**
 * Somebody wants disks of a restore point back. Any system may publish this.
 *
 * @param restoreId chosen by the requester, a UUID; if absent, the id of the CloudEvent is taken
 * @param directory where to write {@code VM-target.raw} for every disk, and the domain XML
 * @param disks target name to path of a new raw file or an existing block device, instead of a
 *     directory
 * @param overwrite an existing file or the content of a block device may be overwritten
 */
public record RestoreRequested(
    String restoreId,
    String pointId,
    Optional<String> directory,
    Map<String, String> disks,
    boolean overwrite)
    implements RestoreEvent {
  public RestoreRequested {
    restoreId = restoreId == null ? "" : restoreId;
    disks = disks == null ? Map.of() : Map.copyOf(disks);
  }

  /** The same request under the id that it is known by from now on. */
  public RestoreRequested withRestoreId(String id) {
    return new RestoreRequested(id, pointId, directory, disks, overwrite);
  }
}

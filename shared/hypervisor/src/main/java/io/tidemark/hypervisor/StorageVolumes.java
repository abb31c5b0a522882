package io.tidemark.hypervisor;

import java.util.Optional;
import java.util.Set;
import org.libvirt.Connect;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/** The volumes of storage pools. Blocks. */
final class StorageVolumes {
  /** The pool, the volume, or the daemon's storage driver is not there. */
  private static final Set<ErrorNumber> NONE =
      Set.of(
          ErrorNumber.VIR_ERR_NO_STORAGE_POOL,
          ErrorNumber.VIR_ERR_NO_STORAGE_VOL,
          ErrorNumber.VIR_ERR_NO_SUPPORT);

  private StorageVolumes() {}

  static Optional<String> path(Connect libvirt, String pool, String volume)
      throws LibvirtException {
    try {
      var found = libvirt.storagePoolLookupByName(pool);
      try {
        return found.isActive() == 1
            ? Optional.of(path(found, volume))
            : targetOf(found.getXMLDesc(0)).map(target -> target + "/" + volume);
      } finally {
        found.free();
      }
    } catch (LibvirtException e) {
      if (NONE.contains(e.getError().getCode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String path(StoragePool pool, String name) throws LibvirtException {
    var volume = pool.storageVolLookupByName(name);
    try {
      return volume.getPath();
    } finally {
      volume.free();
    }
  }

  /** Only an active pool knows its volumes, but most keep them in one directory, by name. */
  private static Optional<String> targetOf(String poolXml) {
    return Dom.at(Dom.root(poolXml, "pool"), "target", "path")
        .map(path -> path.getTextContent().strip());
  }
}

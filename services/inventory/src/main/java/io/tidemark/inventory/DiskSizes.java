package io.tidemark.inventory;

import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes of disks, asked for once until the domain's disks change or everything is forgotten: one
 * call a disk and look would be many.
 */
final class DiskSizes {
  private final Hypervisor hypervisor;
  private final Map<String, Known> known = new HashMap<>();

  private record Known(List<Disk> disks, Map<String, Long> sizes) {}

  DiskSizes(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  /** Bytes by target name; 0 for a disk whose size can't be found out now: it is asked again. */
  Future<Map<String, Long>> of(Domain domain) {
    List<Disk> disks =
        domain.persistentXml().disks().stream().filter(disk -> !disk.removable()).toList();
    Known before = known.get(domain.uuid());
    if (before != null && before.disks().equals(disks)) {
      return Future.succeededFuture(before.sizes());
    }
    return Future.all(disks.stream().map(disk -> size(domain, disk)).toList())
        .map(all -> {
          Map<String, Long> sizes = new HashMap<>();
          for (int i = 0; i < disks.size(); i++) {
            sizes.put(disks.get(i).target(), all.<Long>resultAt(i));
          }
          if (!sizes.containsValue(0L)) {
            known.put(domain.uuid(), new Known(disks, Map.copyOf(sizes)));
          }
          return Map.copyOf(sizes);
        });
  }

  void forget() {
    known.clear();
  }

  private Future<Long> size(Domain domain, Disk disk) {
    return hypervisor.diskSizeBytes(domain.uuid(), disk.target()).otherwise(0L);
  }
}

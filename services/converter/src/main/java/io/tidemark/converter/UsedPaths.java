package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files and devices of a host that must not be written to. */
final class UsedPaths {
  private UsedPaths() {}

  /**
   * Every path that a domain uses in its live or its persistent definition, and every path that a
   * restore is writing. Blocks.
   *
   * @return real path to what it is, to be read after "is"
   */
  static Map<Path, String> of(List<Domain> domains, List<RestoreEntry> restores) {
    Map<Path, String> used = new HashMap<>();
    restores.stream().filter(entry -> !entry.ended()).forEach(entry -> add(used, entry));
    domains.forEach(domain -> add(used, domain));
    return used;
  }

  private static void add(Map<Path, String> used, RestoreEntry entry) {
    for (RestoreDisk disk : entry.accepted().disks()) {
      used.put(TargetFile.real(Path.of(disk.path())), "being written by another restore");
    }
  }

  private static void add(Map<Path, String> used, Domain domain) {
    Stream.concat(
            domain.persistentXml().disks().stream(),
            domain.liveXml().stream().flatMap(xml -> xml.disks().stream()))
        .flatMap(UsedPaths::paths)
        .forEach(path -> used.put(TargetFile.real(Path.of(path)), "a disk of VM " + domain.name()));
  }

  private static Stream<String> paths(Disk disk) {
    return Stream.concat(disk.source().stream(), disk.dataPath().stream());
  }
}

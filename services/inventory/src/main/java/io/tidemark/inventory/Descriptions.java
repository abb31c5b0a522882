package io.tidemark.inventory;

import io.tidemark.events.DiskDescription;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainState;
import io.tidemark.events.Protection;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.DiskProtection;
import io.tidemark.hypervisor.Domain;
import java.util.Map;
import java.util.Optional;

/** A domain in the words of the events. */
final class Descriptions {
  private Descriptions() {}

  /**
   * Describes it. Judged is the persistent definition: it is what a conversion changes and what the
   * next start uses.
   *
   * @param sizes bytes by target name
   */
  static DomainDescription of(Domain domain, Map<String, Long> sizes, long libVersion) {
    return new DomainDescription(
        domain.uuid(),
        domain.name(),
        state(domain.state()),
        domain.persistentXml().disks().stream()
            .filter(disk -> !disk.removable())
            .map(disk -> describe(disk, sizes.getOrDefault(disk.target(), 0L), libVersion))
            .toList());
  }

  private static DiskDescription describe(Disk disk, long sizeBytes, long libVersion) {
    DiskProtection.Protectability judged = DiskProtection.of(disk, libVersion);
    boolean converted = disk.dataStore().isPresent();
    return new DiskDescription(
        disk.target(),
        disk.dataPath().orElse(""),
        converted ? "raw" : disk.format(),
        sizeBytes,
        switch (judged.kind()) {
          case PROTECTED -> Protection.PROTECTED;
          case CONVERTIBLE -> Protection.CONVERTIBLE;
          case UNSUPPORTED -> Protection.UNSUPPORTED;
        },
        judged.reason(),
        converted ? disk.source() : Optional.empty());
  }

  private static DomainState state(Domain.State state) {
    return switch (state) {
      case RUNNING -> DomainState.RUNNING;
      case PAUSED, STALLED -> DomainState.PAUSED;
      case SHUT_OFF -> DomainState.SHUT_OFF;
      case CRASHED -> DomainState.CRASHED;
    };
  }
}

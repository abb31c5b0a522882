package io.tidemark.hypervisor;

import java.util.Optional;

/** Whether a disk can keep dirty bitmaps, and why. */
public final class DiskProtection {
  /** libvirt 10.10.0 is the first with {@code <dataStore>}; as {@link Hypervisor#libVersion()}. */
  static final long DATA_STORE_VERSION = 10_010_000;

  private DiskProtection() {}

  /** The answer in a word. */
  public enum Kind {
    /** The disk keeps bitmaps as it is. */
    PROTECTED,
    /** A raw disk that a metadata image can be put in front of. */
    CONVERTIBLE,
    /** Neither. */
    UNSUPPORTED
  }

  /**
   * The answer.
   *
   * @param reason one sentence for people, to follow the disk's name and a colon
   */
  public record Protectability(Kind kind, String reason) {}

  /**
   * Judges a disk by its XML; does not look at the storage.
   *
   * @param disk as {@link DomainXml#disks()} gives it
   * @param libVersion the daemon's version as libvirt counts it
   */
  public static Protectability of(Disk disk, long libVersion) {
    return mediumObstacle(disk)
        .or(() -> sharingObstacle(disk))
        .map(DiskProtection::unsupported)
        .orElseGet(() -> byFormat(disk, libVersion));
  }

  private static Protectability byFormat(Disk disk, long libVersion) {
    return switch (disk.format()) {
      case "raw" ->
          rawObstacle(disk, libVersion)
              .map(DiskProtection::unsupported)
              .orElseGet(() ->
                  new Protectability(
                      Kind.CONVERTIBLE,
                      "a raw disk cannot keep dirty bitmaps: put a metadata image in front with"
                          + " `tidemark convert`"));
      case "qcow2" ->
          new Protectability(
              Kind.PROTECTED,
              disk.dataStore().isPresent()
                  ? "its metadata image keeps its dirty bitmaps"
                  : "the qcow2 image keeps its own dirty bitmaps");
      default ->
          unsupported(
              "its format " + disk.format() + " keeps no bitmaps: convert it to raw or qcow2");
    };
  }

  private static Optional<String> mediumObstacle(Disk disk) {
    if (disk.removable()) {
      return Optional.of("it is a " + disk.device() + ": removable media are not backed up");
    }
    if (!disk.device().equals("disk")) {
      return Optional.of(
          "it is a "
              + disk.device()
              + " device passed through to the guest: QEMU does not see into it");
    }
    if (!disk.type().equals("file") && !disk.type().equals("block")) {
      return Optional.of(
          "it is a " + disk.type() + " disk: only files and block devices are supported");
    }
    if (disk.source().isEmpty()) {
      return Optional.of("it has no source");
    }
    return Optional.empty();
  }

  private static Optional<String> sharingObstacle(Disk disk) {
    if (disk.transientDisk()) {
      return Optional.of("it is transient: what is written to it is thrown away");
    }
    if (disk.shareable()) {
      return Optional.of("it is shareable: QEMU keeps no bitmaps for disks that several VMs write");
    }
    if (disk.readOnly()) {
      return Optional.of("it is read-only: nothing can be recorded about it");
    }
    if (disk.bus().equals("sd")) {
      return Optional.of("it is on the SD bus, where libvirt makes no checkpoints");
    }
    return Optional.empty();
  }

  private static Optional<String> rawObstacle(Disk disk, long libVersion) {
    if (libVersion < DATA_STORE_VERSION) {
      return Optional.of(
          "libvirt "
              + version(libVersion)
              + " is too old: a metadata image (dataStore) needs 10.10 or newer; update libvirt");
    }
    var details = MetadataImageEdit.obstacles(disk.sourceDetails());
    return details.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "its source has <"
                + String.join(">, <", details)
                + ">, which cannot be behind a metadata image");
  }

  private static Protectability unsupported(String reason) {
    return new Protectability(Kind.UNSUPPORTED, reason);
  }

  private static String version(long libVersion) {
    return libVersion / 1_000_000 + "." + libVersion / 1_000 % 1_000 + "." + libVersion % 1_000;
  }
}

package io.tidemark.hypervisor;

/** Whether a disk can keep dirty bitmaps, and why. */
public final class DiskProtection {
  /** dataStore came with libvirt 10.10.0. */
  private static final long DATA_STORE_VERSION = 10_010_000;

  private DiskProtection() {}

  /** The answer in a word. */
  public enum Kind {
    PROTECTED,
    CONVERTIBLE,
    UNSUPPORTED
  }

  /**
   * The answer.
   *
   * @param reason one sentence for people
   */
  public record Protectability(Kind kind, String reason) {}

  /**
   * Judges a disk by its XML.
   *
   * @param libVersion the daemon's version as libvirt counts it
   */
  public static Protectability of(Disk disk, long libVersion) {
    if (disk.dataStore().isPresent()) {
      return new Protectability(Kind.PROTECTED, "its metadata image keeps its dirty bitmaps");
    }
    String obstacle = obstacle(disk);
    if (!obstacle.isEmpty()) {
      return new Protectability(Kind.UNSUPPORTED, obstacle);
    }
    if (disk.format().equals("qcow2")) {
      return new Protectability(Kind.PROTECTED, "the qcow2 image keeps its own dirty bitmaps");
    }
    if (libVersion < DATA_STORE_VERSION) {
      return new Protectability(
          Kind.UNSUPPORTED,
          "libvirt "
              + version(libVersion)
              + " is too old: metadata images need 10.10 or newer; update libvirt");
    }
    return new Protectability(
        Kind.CONVERTIBLE,
        "a raw disk cannot keep dirty bitmaps: put a metadata image in front with `tidemark"
            + " convert`");
  }

  private static String obstacle(Disk disk) {
    if (!disk.device().equals("disk")) {
      return "a " + disk.device() + " device is passed through, not backed up";
    }
    if (disk.source().isEmpty()) {
      return "it is a " + disk.type() + " disk: only files and block devices are supported";
    }
    if (disk.shareable()) {
      return "it is shareable: QEMU keeps no bitmaps for disks that several VMs write";
    }
    if (disk.transientDisk()) {
      return "it is transient: what is written to it is thrown away";
    }
    if (disk.readOnly()) {
      return "it is read-only";
    }
    boolean known = disk.format().equals("raw") || disk.format().equals("qcow2");
    return known
        ? ""
        : "its format " + disk.format() + " keeps no bitmaps: convert it to raw or qcow2";
  }

  private static String version(long libVersion) {
    return libVersion / 1_000_000 + "." + libVersion / 1_000 % 1_000 + "." + libVersion % 1_000;
  }
}

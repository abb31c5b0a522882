package io.tidemark.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A restore point, complete: everything that a restore needs to know. Written last; its appearance
 * makes the point.
 *
 * @param formatVersion always 1
 * @param id name of the point: 1 to 128 of {@code A-Z a-z 0-9 . _ -}, not beginning with a dot
 * @param vm the domain it is of
 * @param parent the point that this one's changes were found against
 * @param kind whether everything was read, or only what had changed
 * @param consistency how quiet the guest was, in the words of the backup that made it
 * @param checkpoint libvirt's checkpoint that the next incremental starts from
 * @param createdAt when the backup began
 * @param sealedAt when this manifest was made
 * @param domainXml the domain's definition at that instant
 * @param files other files of the domain, such as its NVRAM
 * @param disks its disks, all of one instant
 * @param packs the packs that this point has added; it may refer to others
 */
public record Manifest(
    int formatVersion,
    String id,
    ManifestVm vm,
    Optional<String> parent,
    Kind kind,
    String consistency,
    Optional<String> checkpoint,
    Instant createdAt,
    Instant sealedAt,
    String domainXml,
    List<ManifestFile> files,
    List<ManifestDisk> disks,
    List<PackId> packs) {

  /** The version that this program writes. */
  public static final int FORMAT_VERSION = UnknownFormatVersionException.SUPPORTED;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

  /**
   * Whether a point was made by reading everything or only what had changed. Either can be restored
   * on its own.
   */
  public enum Kind {
    @JsonProperty("full")
    FULL,
    @JsonProperty("incremental")
    INCREMENTAL
  }

  public Manifest {
    if (formatVersion != FORMAT_VERSION) {
      throw new IllegalArgumentException("A manifest has format version 1, not " + formatVersion);
    }
    requireId(id);
    parent.ifPresent(Manifest::requireId);
    requireNonNull(vm, "vm");
    requireNonNull(kind, "kind");
    requireNonNull(consistency, "consistency");
    requireNonNull(checkpoint, "checkpoint");
    requireNonNull(createdAt, "createdAt");
    requireNonNull(sealedAt, "sealedAt");
    requireNonNull(domainXml, "domainXml");
    files = List.copyOf(files);
    disks = List.copyOf(disks);
    packs = List.copyOf(packs);
  }

  /** The disk of that target name, if the point has it. */
  public Optional<ManifestDisk> disk(String target) {
    return disks.stream().filter(disk -> disk.target().equals(target)).findFirst();
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  static void requireId(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "A point's id is 1 to 128 letters, digits, dots, dashes or underscores, not \""
              + id
              + "\"");
    }
  }
}

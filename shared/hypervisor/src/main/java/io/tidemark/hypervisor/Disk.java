package io.tidemark.hypervisor;

import java.util.List;
import java.util.Optional;

/**
 * A disk of a domain XML.
 *
 * @param target target name, for example {@code vda}
 * @param device {@code disk}, {@code cdrom}, {@code floppy} or {@code lun}
 * @param type source type: {@code file}, {@code block}, {@code network}, {@code volume}…
 * @param format the driver type: {@code raw}, {@code qcow2}…; {@code raw} if the XML says none
 * @param source path of the file or device; empty if it has none (an empty drive, a network disk)
 * @param dataStore the raw file or device behind a metadata image
 * @param bus {@code virtio}, {@code scsi}…
 * @param shareable marked {@code <shareable/>}
 * @param readOnly marked {@code <readonly/>}
 * @param transientDisk marked {@code <transient/>}
 * @param sourceDetails names of the elements that the source holds besides its path and data store,
 *     such as {@code encryption}, {@code slices}, {@code reservations}
 */
public record Disk(
    String target,
    String device,
    String type,
    String format,
    Optional<String> source,
    Optional<DataStore> dataStore,
    String bus,
    boolean shareable,
    boolean readOnly,
    boolean transientDisk,
    List<String> sourceDetails) {

  public Disk {
    sourceDetails = List.copyOf(sourceDetails);
  }

  /** A disk whose source holds nothing but its path. */
  public Disk(
      String target,
      String device,
      String type,
      String format,
      Optional<String> source,
      Optional<DataStore> dataStore,
      String bus,
      boolean shareable,
      boolean readOnly,
      boolean transientDisk) {
    this(
        target,
        device,
        type,
        format,
        source,
        dataStore,
        bus,
        shareable,
        readOnly,
        transientDisk,
        List.of());
  }

  /**
   * The raw file or device that holds the guest's data behind a metadata image.
   *
   * @param type {@code file} or {@code block}
   * @param path absolute path
   */
  public record DataStore(String type, String path) {}

  /** Where the guest's data lie: the data store of a converted disk, else the source. */
  public Optional<String> dataPath() {
    return dataStore.map(DataStore::path).or(this::source);
  }

  /** The metadata image in front of the data store; empty if the disk has no data store. */
  public Optional<String> metadataImage() {
    return dataStore.flatMap(store -> source);
  }

  /** True for CD-ROM and floppy drives, whose media are not the domain's own data. */
  public boolean removable() {
    return device.equals("cdrom") || device.equals("floppy");
  }
}

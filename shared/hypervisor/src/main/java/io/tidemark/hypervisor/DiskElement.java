package io.tidemark.hypervisor;

import java.util.Optional;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/** Reads a {@code <disk>} of a domain XML; formatdomain, "Hard drives, floppy disks, CDROMs". */
final class DiskElement {
  private DiskElement() {}

  static Disk read(Element disk) {
    var type = Dom.attribute(disk, "type").orElse("file");
    var source = Dom.child(disk, "source");
    var target = Dom.child(disk, "target");
    return new Disk(
        target.flatMap(element -> Dom.attribute(element, "dev")).orElse(""),
        Dom.attribute(disk, "device").orElse("disk"),
        type,
        Dom.child(disk, "driver").flatMap(driver -> Dom.attribute(driver, "type")).orElse("raw"),
        source.flatMap(element -> path(element, type)),
        source.flatMap(element -> Dom.child(element, "dataStore")).flatMap(DiskElement::dataStore),
        target.flatMap(element -> Dom.attribute(element, "bus")).orElse(""),
        Dom.child(disk, "shareable").isPresent(),
        Dom.child(disk, "readonly").isPresent(),
        Dom.child(disk, "transient").isPresent(),
        source.stream()
            .flatMap(Dom::children)
            .map(Element::getTagName)
            .filter(name -> !name.equals("dataStore"))
            .distinct()
            .toList());
  }

  /** Every file and device that is named anywhere in the disk. */
  static Stream<DiskFile> files(Element disk) {
    return Stream.concat(
        Stream.of("file", "dev")
            .flatMap(name -> Dom.attribute(disk, name).stream())
            .filter(path -> path.startsWith("/"))
            .map(path -> new DiskFile(path, format((Element) disk.getParentNode()))),
        Dom.children(disk).flatMap(DiskElement::files));
  }

  /** Every volume that is named anywhere in the disk. */
  static Stream<DiskVolume> volumes(Element disk) {
    return Stream.concat(
        Dom.attribute(disk, "pool").stream()
            .flatMap(pool ->
                Dom.attribute(disk, "volume").stream()
                    .map(volume ->
                        new DiskVolume(pool, volume, format((Element) disk.getParentNode())))),
        Dom.children(disk).flatMap(DiskElement::volumes));
  }

  /** A disk says it of its source in its driver, all else that has a source in a format. */
  private static String format(Element ofSource) {
    return Stream.of("format", "driver")
        .flatMap(name -> Dom.child(ofSource, name).stream())
        .flatMap(element -> Dom.attribute(element, "type").stream())
        .findFirst()
        .orElse("raw");
  }

  private static Optional<Disk.DataStore> dataStore(Element store) {
    var type = Dom.attribute(store, "type").orElse("file");
    return Dom.child(store, "source")
        .flatMap(source -> path(source, type))
        .map(path -> new Disk.DataStore(type, path));
  }

  /** Only files and devices have a path; a network disk's source has a name that means another. */
  private static Optional<String> path(Element source, String type) {
    return switch (type) {
      case "file" -> Dom.attribute(source, "file");
      case "block" -> Dom.attribute(source, "dev");
      default -> Optional.empty();
    };
  }
}

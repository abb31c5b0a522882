package io.tidemark.hypervisor;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts a metadata image in front of one raw disk of a domain XML, or takes it away, by changing as
 * little text as can be.
 *
 * <p>Both {@code <dataStore>} and {@code <backingStore/>} are always written: without the former
 * QEMU would open whatever path the image's header names, behind libvirt's back; without the latter
 * libvirt would probe the image.
 */
final class MetadataImageEdit {
  /** What a source may hold besides its path; all else has no meaning behind a metadata image. */
  private static final Set<String> UNDERSTOOD = Set.of("seclabel", "dataStore");

  private final String text;
  private final XmlSpan disk;
  private final String target;
  private final TextEdits edits = new TextEdits();

  MetadataImageEdit(String text, XmlSpan disk, String target) {
    this.text = text;
    this.disk = disk;
    this.target = target;
  }

  /** What of a source's children stands in the way of a metadata image. */
  static List<String> obstacles(List<String> sourceChildren) {
    return sourceChildren.stream().filter(child -> !UNDERSTOOD.contains(child)).toList();
  }

  /**
   * @param path absolute path of the metadata image; below {@code /dev/} it is a block device
   */
  String insert(Disk raw, String path) {
    requireConvertible(raw);
    var source = disk.child("source").orElseThrow();
    var dataPath = raw.source().orElseThrow();
    var type = path.startsWith("/dev/") ? "block" : "file";
    setAttribute(disk, "type", type);
    setDriverType("qcow2");
    renamePath(source, pathAttribute(raw.type()), pathAttribute(type), path);
    source.value("index").ifPresent(index -> edits.replace(index.start(), index.end(), ""));
    var labels = source.children("seclabel").map(XmlSpan::source).collect(Collectors.joining());
    insertDataStore(source, raw.type(), dataPath, labels);
    disk.children("backingStore").forEach(old -> edits.remove(text, old));
    edits.insert(source.end(), "\n" + source.indentation() + "<backingStore/>");
    return edits.applyTo(text);
  }

  String remove(Disk converted) {
    var store =
        converted
            .dataStore()
            .orElseThrow(() ->
                new DomainXmlException(
                    "Disk " + target + " has no metadata image that could be taken away"));
    var source = disk.child("source").orElseThrow();
    setAttribute(disk, "type", store.type());
    setDriverType("raw");
    renamePath(source, pathAttribute(converted.type()), pathAttribute(store.type()), store.path());
    source.value("index").ifPresent(index -> edits.replace(index.start(), index.end(), ""));
    removeDataStore(source);
    disk.children("backingStore").forEach(old -> edits.remove(text, old));
    return edits.applyTo(text);
  }

  private void requireConvertible(Disk raw) {
    if (raw.dataStore().isPresent()) {
      throw new DomainXmlException("Disk " + target + " already has a metadata image");
    }
    var judged = DiskProtection.of(raw, DiskProtection.DATA_STORE_VERSION);
    if (judged.kind() != DiskProtection.Kind.CONVERTIBLE) {
      throw new DomainXmlException(
          "Disk " + target + " cannot have a metadata image: " + judged.reason());
    }
  }

  private void insertDataStore(XmlSpan source, String type, String path, String labels) {
    var outer = source.indentation();
    var inner = "\n" + outer + "  ";
    var location = pathAttribute(type) + "='" + XmlText.escape(path) + "'";
    var innerSource =
        labels.isEmpty()
            ? "<source " + location + "/>"
            : "<source " + location + ">" + labels + "</source>";
    var store =
        "%1$s<dataStore type='%2$s'>%1$s  <format type='raw'/>%1$s  %3$s%1$s</dataStore>"
            .formatted(inner, type, innerSource);
    if (source.children().isEmpty()) {
      var tagEnd = source.selfClosing() ? source.tagEnd() - 2 : source.tagEnd() - 1;
      edits.replace(tagEnd, source.end(), ">" + store + "\n" + outer + "</source>");
    } else {
      edits.insert(source.children().getLast().end(), store);
    }
  }

  private void removeDataStore(XmlSpan source) {
    if (source.children().size() > 1) {
      source.children("dataStore").forEach(store -> edits.remove(text, store));
    } else {
      edits.replace(source.tagEnd() - 1, source.end(), "/>");
    }
  }

  private void setDriverType(String type) {
    disk.child("driver")
        .ifPresentOrElse(
            driver -> setAttribute(driver, "type", type),
            () ->
                edits.insert(
                    disk.tagEnd(),
                    "\n"
                        + disk.child("source").orElseThrow().indentation()
                        + "<driver name='qemu' type='"
                        + type
                        + "'/>"));
  }

  private void renamePath(XmlSpan source, String from, String to, String path) {
    var old = source.value(from).orElseThrow();
    edits.replace(old.start(), old.end(), " " + to + "='" + XmlText.escape(path) + "'");
  }

  private void setAttribute(XmlSpan element, String name, String value) {
    element
        .value(name)
        .ifPresentOrElse(
            range -> edits.replace(range.valueStart(), range.valueEnd(), value),
            () ->
                edits.insert(
                    element.start() + 1 + element.name().length(),
                    " " + name + "='" + value + "'"));
  }

  private static String pathAttribute(String type) {
    return type.equals("block") ? "dev" : "file";
  }
}

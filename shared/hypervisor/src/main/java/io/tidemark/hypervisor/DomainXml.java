package io.tidemark.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A domain's XML as a typed model. It is kept as text, so that what isn't touched stays as libvirt
 * wrote it and a difference shows only what was changed.
 *
 * @param text the XML
 */
public record DomainXml(String text) {
  private static final Pattern DISK = Pattern.compile("<disk\\b[^>]*>.*?</disk>", Pattern.DOTALL);
  private static final Pattern DISK_TYPE = Pattern.compile("(<disk\\b[^>]*?\\btype=')[^']*(')");
  private static final Pattern DRIVER_TYPE = Pattern.compile("(<driver\\b[^>]*?\\btype=')[^']*(')");
  private static final String NO_SOURCE_TAG = "(?:(?!</?source\\b).)*";

  /** Empty, or with an end tag; then a data store's own empty source may be inside. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "([ \\t]*)<source\\b(?:[^>]*/>|[^>]*>"
              + NO_SOURCE_TAG
              + "(?:<source\\b[^>]*/>"
              + NO_SOURCE_TAG
              + ")*</source>)",
          Pattern.DOTALL);

  private static final Pattern BACKING_STORE = Pattern.compile("\\n?[ \\t]*<backingStore/>");
  private static final String GUEST_AGENT_CHANNEL = "org.qemu.guest_agent.0";

  /**
   * The domain's disks in document order; CD-ROMs and floppies are among them, told apart by {@link
   * Disk#device()}.
   *
   * @throws IllegalArgumentException if the text is no domain XML
   */
  public List<Disk> disks() {
    Document document = Xml.parse(text);
    List<Disk> disks = new ArrayList<>();
    Xml.child(document.getDocumentElement(), "devices")
        .ifPresent(devices -> Xml.children(devices, "disk").forEach(d -> disks.add(disk(d))));
    return List.copyOf(disks);
  }

  /** The disk of that target name, if the domain has it. */
  public Optional<Disk> disk(String target) {
    return disks().stream().filter(disk -> disk.target().equals(target)).findFirst();
  }

  /** True if the domain has a channel for the QEMU guest agent. */
  public boolean hasGuestAgent() {
    return text.contains("name='" + GUEST_AGENT_CHANNEL + "'");
  }

  /**
   * The same domain with a metadata image in front of a raw disk: the raw file or device becomes
   * its data store. Always says {@code <backingStore/>}, too: without it libvirt would look into
   * the image's header for more (libvirt's formatdomain, "dataStore").
   *
   * @throws IllegalArgumentException if there is no such raw disk on a file or block device
   */
  public DomainXml withMetadataImage(String target, String metadataImage) {
    Disk disk = require(target);
    String raw = disk.source().orElseThrow(() -> noSuchRawDisk(target));
    if (disk.dataStore().isPresent() || !disk.format().equals("raw")) {
      throw noSuchRawDisk(target);
    }
    return edit(
        target,
        element -> {
          String typed = setType(element, "file", "qcow2");
          return replaceSource(
              BACKING_STORE.matcher(typed).replaceAll(""),
              indent ->
                  indent
                      + "<source file='"
                      + Xml.escape(metadataImage)
                      + "'>\n"
                      + indent
                      + "  <dataStore type='"
                      + disk.type()
                      + "'>\n"
                      + indent
                      + "    <format type='raw'/>\n"
                      + indent
                      + "    "
                      + source(disk.type(), raw)
                      + "\n"
                      + indent
                      + "  </dataStore>\n"
                      + indent
                      + "</source>\n"
                      + indent
                      + "<backingStore/>");
        });
  }

  /**
   * The same domain with the metadata image taken away: the disk is its data store, raw, again. The
   * exact reverse of {@link #withMetadataImage}.
   *
   * @throws IllegalArgumentException if the disk has no data store
   */
  public DomainXml withoutMetadataImage(String target) {
    Disk.DataStore store =
        require(target)
            .dataStore()
            .orElseThrow(
                () -> new IllegalArgumentException("disk " + target + " has no metadata image"));
    return edit(
        target,
        element ->
            replaceSource(
                BACKING_STORE.matcher(setType(element, store.type(), "raw")).replaceAll(""),
                indent -> indent + source(store.type(), store.path())));
  }

  private static String source(String type, String path) {
    String attribute = type.equals("block") ? "dev" : "file";
    return "<source " + attribute + "='" + Xml.escape(path) + "'/>";
  }

  private static String setType(String element, String diskType, String format) {
    String typed = DISK_TYPE.matcher(element).replaceFirst("$1" + diskType + "$2");
    Matcher driver = DRIVER_TYPE.matcher(typed);
    return driver.find()
        ? driver.replaceFirst("$1" + format + "$2")
        : typed.replaceFirst(">", ">\n      <driver name='qemu' type='" + format + "'/>");
  }

  private static String replaceSource(String element, UnaryOperator<String> sourceByIndent) {
    Matcher matcher = SOURCE.matcher(element);
    if (!matcher.find()) {
      throw new IllegalArgumentException("a disk has no source element: " + element);
    }
    return element.substring(0, matcher.start())
        + sourceByIndent.apply(matcher.group(1))
        + element.substring(matcher.end());
  }

  private DomainXml edit(String target, UnaryOperator<String> change) {
    Matcher matcher = DISK.matcher(text);
    Pattern named =
        Pattern.compile("<target\\b[^>]*\\bdev='" + Pattern.quote(Xml.escape(target)) + "'");
    while (matcher.find()) {
      if (named.matcher(matcher.group()).find()) {
        return new DomainXml(
            text.substring(0, matcher.start())
                + change.apply(matcher.group())
                + text.substring(matcher.end()));
      }
    }
    throw new IllegalArgumentException("the domain has no disk " + target);
  }

  private Disk require(String target) {
    return disk(target)
        .orElseThrow(() -> new IllegalArgumentException("the domain has no disk " + target));
  }

  private static IllegalArgumentException noSuchRawDisk(String target) {
    return new IllegalArgumentException("disk " + target + " is no raw file or block device");
  }

  private static Disk disk(Element element) {
    Optional<Element> source = Xml.child(element, "source");
    return new Disk(
        Xml.child(element, "target").map(t -> t.getAttribute("dev")).orElse(""),
        Xml.attribute(element, "device").orElse("disk"),
        Xml.attribute(element, "type").orElse("file"),
        Xml.child(element, "driver").flatMap(d -> Xml.attribute(d, "type")).orElse("raw"),
        source.flatMap(DomainXml::path),
        source.flatMap(s -> Xml.child(s, "dataStore")).flatMap(DomainXml::dataStore),
        Xml.child(element, "target").flatMap(t -> Xml.attribute(t, "bus")).orElse(""),
        Xml.child(element, "shareable").isPresent(),
        Xml.child(element, "readonly").isPresent(),
        Xml.child(element, "transient").isPresent());
  }

  private static Optional<Disk.DataStore> dataStore(Element element) {
    return Xml.child(element, "source")
        .flatMap(DomainXml::path)
        .map(path -> new Disk.DataStore(element.getAttribute("type"), path));
  }

  private static Optional<String> path(Element source) {
    return Xml.attribute(source, "file").or(() -> Xml.attribute(source, "dev"));
  }
}

package io.tidemark.hypervisor;

import static java.util.function.Predicate.not;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/**
 * A domain's XML as a typed model. It is kept as text, so that what isn't touched stays as libvirt
 * wrote it.
 *
 * <p>Every method reads the text anew, without ever reaching outside it, and throws {@link
 * IllegalArgumentException} if it is not a well-formed {@code <domain>} or declares a document
 * type.
 *
 * @param text the XML
 */
public record DomainXml(String text) {
  private static final List<String> PASSWORD_ATTRIBUTES = List.of("passwd", "passwdValidTo");
  private static final String AGENT_CHANNEL = "org.qemu.guest_agent.0";

  /**
   * The domain's disks in document order; CD-ROMs and floppies are among them, told apart by {@link
   * Disk#device()}.
   */
  public List<Disk> disks() {
    return diskElements().map(DiskElement::read).toList();
  }

  /**
   * Every file and device that a disk names: its source, what is behind a metadata image or below
   * an overlay, what it is being copied to. Only a running domain's XML names what is below an
   * overlay.
   */
  public List<DiskFile> diskFiles() {
    return diskElements().flatMap(DiskElement::files).toList();
  }

  /** Every volume of a storage pool that a disk names, as {@link #diskFiles} does. */
  public List<DiskVolume> diskVolumes() {
    return diskElements().flatMap(DiskElement::volumes).toList();
  }

  /** The disk of that target name. */
  public Optional<Disk> disk(String target) {
    return disks().stream().filter(disk -> disk.target().equals(target)).findFirst();
  }

  /**
   * The same XML with a metadata image in front of a raw disk: it becomes the disk's source, and
   * what was the source its data store. All else of the disk stays as it is. The image must exist
   * before the domain is started.
   *
   * @param target the disk
   * @param metadataImagePath absolute path; a path below {@code /dev/} is a block device
   * @throws IllegalArgumentException if there is no such disk, or it can't have a metadata image
   */
  public DomainXml withMetadataImage(String target, String metadataImagePath) {
    if (!metadataImagePath.startsWith("/")) {
      throw new DomainXmlException(
          "The metadata image of disk %s needs an absolute path, not '%s'"
              .formatted(target, metadataImagePath));
    }
    return edited(target, (edit, disk) -> edit.insert(disk, metadataImagePath));
  }

  /**
   * The exact reverse of {@link #withMetadataImage}: the data store becomes the disk's source
   * again, of format raw. Driver attributes stay as they are.
   *
   * @throws IllegalArgumentException if there is no such disk, or it has no metadata image
   */
  public DomainXml withoutMetadataImage(String target) {
    return edited(target, MetadataImageEdit::remove);
  }

  /**
   * True if the domain has a channel to a QEMU guest agent that is not known to be disconnected.
   * Only the XML of a running domain knows whether one is connected.
   */
  public boolean hasGuestAgent() {
    return agentChannels().anyMatch(target -> !target.getAttribute("state").equals("disconnected"));
  }

  /** Path of the file that keeps the firmware's variables; empty for a domain without one. */
  public Optional<String> nvram() {
    return Dom.at(root(), "os", "nvram").flatMap(DomainXml::nvramPath);
  }

  /** The domain's name; empty if the XML gives none. */
  public Optional<String> name() {
    return textOf("name");
  }

  /** The domain's UUID; empty if the XML gives none. */
  public Optional<String> uuid() {
    return textOf("uuid");
  }

  /**
   * The same XML with the passwords of another one's graphics, where this one gives none: libvirt
   * leaves them out unless asked, and a definition without would open a console to everybody.
   */
  DomainXml withPasswordsOf(DomainXml other) {
    root();
    var edits = new TextEdits();
    var theirs = graphics(other.text);
    var ours = graphics(text);
    for (var i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      var to = ours.get(i);
      for (var attribute : PASSWORD_ATTRIBUTES) {
        theirs
            .get(i)
            .value(attribute)
            .filter(there -> to.value(attribute).isEmpty())
            .ifPresent(there ->
                edits.insert(
                    to.start() + 1 + to.name().length(),
                    other.text.substring(there.start(), there.end())));
      }
    }
    return new DomainXml(edits.applyTo(text));
  }

  private Stream<Element> diskElements() {
    return Dom.at(root(), "devices").stream().flatMap(devices -> Dom.children(devices, "disk"));
  }

  private static List<XmlSpan> graphics(String text) {
    return XmlSpan.of(text).child("devices").stream()
        .flatMap(devices -> devices.children("graphics"))
        .toList();
  }

  /** True if this is a running domain's XML. */
  boolean live() {
    return Dom.attribute(root(), "id").isPresent();
  }

  /** True if there is a channel to a guest agent, whether one is connected or not. */
  boolean hasAgentChannel() {
    return agentChannels().findAny().isPresent();
  }

  private Stream<Element> agentChannels() {
    return Dom.at(root(), "devices").stream()
        .flatMap(devices -> Dom.children(devices, "channel"))
        .flatMap(channel -> Dom.children(channel, "target"))
        .filter(target -> target.getAttribute("name").equals(AGENT_CHANNEL));
  }

  private interface Edit {
    String of(MetadataImageEdit edit, Disk disk);
  }

  private DomainXml edited(String target, Edit edit) {
    var disks = disks();
    var spans =
        XmlSpan.of(text).child("devices").stream().flatMap(d -> d.children("disk")).toList();
    for (var i = 0; i < disks.size(); i++) {
      if (disks.get(i).target().equals(target)) {
        var change = new MetadataImageEdit(text, spans.get(i), target);
        return new DomainXml(edit.of(change, disks.get(i)));
      }
    }
    throw new DomainXmlException(
        "Domain %s has no disk %s; it has %s"
            .formatted(name().orElse("?"), target, disks.stream().map(Disk::target).toList()));
  }

  private Element root() {
    return Dom.root(text, "domain");
  }

  private Optional<String> textOf(String child) {
    return Dom.child(root(), child).map(DomainXml::content);
  }

  /** Since libvirt 8.5 the path may be in a {@code <source>}. */
  private static Optional<String> nvramPath(Element nvram) {
    return Dom.child(nvram, "source")
        .flatMap(source -> Dom.attribute(source, "file").or(() -> Dom.attribute(source, "dev")))
        .or(() -> Optional.of(content(nvram)).filter(not(String::isEmpty)));
  }

  private static String content(Element element) {
    return element.getTextContent().strip();
  }
}

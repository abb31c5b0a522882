package io.tidemark.hypervisor;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.libvirt.Domain;
import org.libvirt.Domain.CheckpointCreateFlags;
import org.libvirt.DomainCheckpoint;
import org.libvirt.DomainCheckpoint.CheckpointDeleteFlags;
import org.libvirt.DomainCheckpoint.XMLFlags;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of domains. */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  /** libvirt has no code for it, only these words (qemuCheckpointDiscardDiskBitmaps). */
  private static final Pattern BITMAP_IS_GONE =
      Pattern.compile("bitmap '.*' not found in backing chain of '(.*)'");

  private final LibvirtCalls calls;

  Checkpoints(LibvirtCalls calls) {
    this.calls = calls;
  }

  Future<List<String>> names(String uuid) {
    return calls.onDomain(
        uuid,
        "list the checkpoints of",
        (connection, domain) -> {
          var names = new ArrayList<String>();
          forEach(domain, checkpoint -> names.add(checkpoint.getName()));
          return List.copyOf(names);
        });
  }

  Future<Void> delete(String uuid, String name) {
    return calls.onDomain(
        uuid,
        "delete checkpoint " + name + " of",
        (connection, domain) -> {
          // A look-up by name tells "no such checkpoint" and any error alike: by null.
          forEach(
              domain,
              checkpoint -> {
                if (checkpoint.getName().equals(name)) {
                  delete(checkpoint, domain);
                }
              });
          return null;
        });
  }

  @FunctionalInterface
  private interface Use {
    void of(DomainCheckpoint checkpoint) throws LibvirtException;
  }

  private static void forEach(Domain domain, Use use) throws LibvirtException {
    var checkpoints = domain.listAllCheckpoints(0);
    try {
      for (var checkpoint : checkpoints) {
        use.of(checkpoint);
      }
    } finally {
      for (var checkpoint : checkpoints) {
        checkpoint.free();
      }
    }
  }

  private static void delete(DomainCheckpoint checkpoint, Domain domain) throws LibvirtException {
    try {
      checkpoint.delete(0);
    } catch (LibvirtException e) {
      var gone = BITMAP_IS_GONE.matcher(e.getMessage());
      if (!gone.find()) {
        throw e;
      }
      LOG.info(
          "The bitmap of checkpoint {} is gone already [vm: {}, disk: {}]",
          checkpoint.getName(),
          domain.getName(),
          gone.group(1));
      deleteRest(checkpoint, domain, gone.group(1));
    }
  }

  /**
   * Deletes a checkpoint of which one disk has lost its bitmap. libvirt would only forget it as a
   * whole, and leave the other disks' bitmaps behind, recording for ever: so it is made to forget
   * it, is told of it again without that disk, and deletes that.
   */
  private static void deleteRest(DomainCheckpoint checkpoint, Domain domain, String lostDisk)
      throws LibvirtException {
    var rest = without(checkpoint.getXMLDesc(XMLFlags.NO_DOMAIN), lostDisk);
    checkpoint.delete(CheckpointDeleteFlags.METADATA_ONLY);
    if (rest.isEmpty()) {
      return;
    }
    var redefined = domain.checkpointCreateXML(rest.get(), CheckpointCreateFlags.REDEFINE);
    try {
      delete(redefined, domain);
    } finally {
      redefined.free();
    }
  }

  /** The checkpoint's XML without a disk's bitmap; empty if no other disk has one. */
  static Optional<String> without(String xml, String disk) {
    Dom.root(xml, "domaincheckpoint");
    var edits = new TextEdits();
    var others = 0;
    for (var span : disks(xml)) {
      var element = Dom.root(span.source(), "disk");
      if (element.getAttribute("name").equals(disk)) {
        edits.replace(
            span.start(),
            span.end(),
            "<disk name='" + XmlText.escape(disk) + "' checkpoint='no'/>");
      } else if (element.getAttribute("checkpoint").equals("bitmap")) {
        others++;
      }
    }
    return others == 0 ? Optional.empty() : Optional.of(edits.applyTo(xml));
  }

  private static List<XmlSpan> disks(String xml) {
    return XmlSpan.of(xml).child("disks").stream()
        .flatMap(disks -> disks.children("disk"))
        .toList();
  }
}

package io.tidemark.hypervisor;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.DomainCheckpoint.CheckpointDeleteFlags;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of domains. */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final String BITMAP_IS_GONE = "not found in backing chain";

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
                  delete(checkpoint, domain.getName());
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

  private static void delete(DomainCheckpoint checkpoint, String domain) throws LibvirtException {
    try {
      checkpoint.delete(0);
    } catch (LibvirtException e) {
      if (!e.getMessage().contains(BITMAP_IS_GONE)) {
        throw e;
      }
      LOG.info(
          "A bitmap of checkpoint {} is gone already; deleting what libvirt remembers [vm: {}]",
          checkpoint.getName(),
          domain);
      checkpoint.delete(CheckpointDeleteFlags.METADATA_ONLY);
    }
  }
}

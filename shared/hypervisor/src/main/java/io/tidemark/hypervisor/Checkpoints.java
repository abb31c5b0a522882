package io.tidemark.hypervisor;

import io.vertx.core.Future;
import java.util.List;
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
        (connection, domain) -> List.of(domain.checkpointListNames()));
  }

  Future<Void> delete(String uuid, String name) {
    return calls.onDomain(
        uuid,
        "delete checkpoint " + name + " of",
        (connection, domain) -> {
          // A look-up by name tells "no such checkpoint" and any error alike: by null.
          for (var checkpoint : domain.listAllCheckpoints(0)) {
            try {
              if (checkpoint.getName().equals(name)) {
                delete(checkpoint, domain.getName());
              }
            } finally {
              checkpoint.free();
            }
          }
          return null;
        });
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

package io.tidemark.checkpointer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.HostCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the raw disk that a metadata image names with the one in the domain XML, which silently
 * overrides it: a bitmap of other data would be worthless.
 */
final class MetadataHeaders {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataHeaders.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HostCommand host;
  private final ObjectMapper json = new ObjectMapper();

  MetadataHeaders(Vertx vertx) {
    this.host = new HostCommand(vertx);
  }

  /** False if the header names another file; true if it names the same, or can't be read here. */
  Future<Boolean> agree(Disk disk) {
    if (disk.dataStore().isEmpty() || disk.source().isEmpty()) {
      return Future.succeededFuture(true);
    }
    return host.run(
            "qemu-utils",
            PATIENCE,
            List.of("qemu-img", "info", "-U", "--output=json", "-f", "qcow2", disk.source().get()))
        .map(info -> dataFile(info).equals(disk.dataStore().get().path()))
        .recover(e -> {
          LOG.warn(
              "The metadata image was not checked: {} [disk: {}]", e.getMessage(), disk.target());
          return Future.succeededFuture(true);
        });
  }

  private String dataFile(String info) {
    try {
      return json.readTree(info).at("/format-specific/data/data-file").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("qemu-img info printed no JSON", e);
    }
  }
}

package io.tidemark.checkpointer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.HostCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

  /**
   * Why the disk's bitmap can't be trusted, as the reason of a full read; empty if the header names
   * the same file. One that can't be read is no proof, so its bitmap is not trusted either.
   */
  Future<Optional<String>> whyDoubted(Disk disk) {
    if (disk.dataStore().isEmpty() || disk.source().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return host.run(
            "qemu-utils",
            PATIENCE,
            List.of("qemu-img", "info", "-U", "--output=json", "-f", "qcow2", disk.source().get()))
        .map(info ->
            dataFile(info).equals(disk.dataStore().get().path())
                ? Optional.<String>empty()
                : Optional.of(DiskModes.OTHER_DATA_FILE))
        .recover(e -> {
          LOG.warn(
              "The metadata image could not be checked: {} [disk: {}]",
              e.getMessage(),
              disk.target());
          return Future.succeededFuture(Optional.of(DiskModes.UNKNOWN_DATA_FILE));
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

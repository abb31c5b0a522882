package io.tidemark.catalog.domain;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A domain as the inventory last described it.
 *
 * @param state its state in libvirt's words, or {@code gone}
 * @param disks its disks as the API shows them
 */
public record Domain(
    String uuid, String hypervisor, String name, String state, boolean gone, JsonArray disks) {

  /** The target names of its disks. */
  public List<String> targets() {
    return disks.stream().map(disk -> ((JsonObject) disk).getString("target")).toList();
  }
}

package io.tidemark.catalog.conversion;

import io.tidemark.catalog.store.Words;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.DiskConversion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What came of a conversion, as the API shows it. */
final class ConversionResults {
  private ConversionResults() {}

  static JsonObject planned(ConversionPlanned planned) {
    return new JsonObject()
        .put("mode", Words.of(planned.mode()))
        .put("restarted", false)
        .put("restartNeeded", planned.restartNeeded())
        .put("disks", disks(planned.disks()))
        .put("xmlDiff", planned.xmlDiff())
        .put("commands", new JsonArray(planned.commands()));
  }

  /** The plan, with what was done put in. */
  static JsonObject done(
      Optional<JsonObject> plan,
      ConversionMode mode,
      List<DiskConversion> disks,
      boolean restarted) {
    JsonObject base =
        plan.orElseGet(() -> new JsonObject().put("xmlDiff", "").put("commands", new JsonArray()));
    return base.copy()
        .put("mode", Words.of(mode))
        .put("restarted", restarted)
        .put("restartNeeded", false)
        .put("disks", disks(disks));
  }

  private static JsonArray disks(List<DiskConversion> disks) {
    return new JsonArray(disks.stream().map(ConversionResults::disk).toList());
  }

  private static JsonObject disk(DiskConversion disk) {
    return new JsonObject()
        .put("target", disk.target())
        .put("source", disk.source())
        .put("metadataImage", disk.metadataImage())
        .put("sizeBytes", disk.sizeBytes())
        .put("sha256Before", disk.sha256Before().orElse(null))
        .put("sha256After", disk.sha256After().orElse(null));
  }
}

package io.tidemark.catalog.http;

import io.tidemark.catalog.restore.RestorePreview;
import io.tidemark.catalog.restore.RestorePreview.Existing;
import io.tidemark.catalog.store.Words;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What a restore would do, as the API shows it. */
final class RestoreViews {
  private RestoreViews() {}

  static JsonObject preview(RestorePreview preview) {
    return new JsonObject()
        .put("point", preview.point().id())
        .put("vm", preview.point().vm())
        .put("allowed", preview.allowed())
        .put("confirm", preview.point().vm())
        .put(
            "totalBytes",
            preview.targets().stream().mapToLong(RestorePreview.Target::sizeBytes).sum())
        .put(
            "targets",
            new JsonArray(preview.targets().stream().map(RestoreViews::target).toList()));
  }

  private static JsonObject target(RestorePreview.Target target) {
    Existing existing = target.existing();
    return new JsonObject()
        .put("target", target.target())
        .put("path", target.path())
        .put("sizeBytes", target.sizeBytes())
        .put("exists", existing == Existing.UNKNOWN ? null : existing != Existing.NONE)
        .put("existing", Words.of(existing))
        .put("existingBytes", target.existingBytes().orElse(null))
        .put("action", Words.of(target.action()))
        .put("reason", target.reason().orElse(null));
  }
}

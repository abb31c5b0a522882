package io.tidemark.catalog.http;

import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.point.VaultState;
import io.tidemark.catalog.store.Words;
import io.vertx.core.json.JsonObject;

/** The repository as the API shows it. */
final class RepositoryView {
  private RepositoryView() {}

  static JsonObject of(Vault vault) {
    VaultState state = vault.state();
    return new JsonObject()
        .put("path", vault.directory().toString())
        .put("state", Words.of(state.condition()))
        .put("detail", state.detail().isEmpty() ? null : state.detail());
  }
}

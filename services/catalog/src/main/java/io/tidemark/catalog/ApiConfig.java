package io.tidemark.catalog;

import io.tidemark.catalog.access.AccessConfig;
import io.tidemark.catalog.webhook.WebhookConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What the HTTP API lets others do.
 *
 * @param access whom it answers
 * @param restoreRoots restores may only write below these; none for anywhere
 * @param webhooks what webhooks may do
 * @param onHypervisor whether the catalog sees the hypervisor's files, being on the same host
 */
public record ApiConfig(
    AccessConfig access, List<Path> restoreRoots, WebhookConfig webhooks, boolean onHypervisor) {

  public ApiConfig {
    restoreRoots = List.copyOf(restoreRoots);
  }

  /** Open to all, restores may go anywhere, the hypervisor is elsewhere. */
  public static ApiConfig defaults() {
    return new ApiConfig(AccessConfig.open(), List.of(), WebhookConfig.defaults(), false);
  }

  /** The same for others. */
  public ApiConfig withAccess(AccessConfig other) {
    return new ApiConfig(other, restoreRoots, webhooks, onHypervisor);
  }

  /** The same with other roots. */
  public ApiConfig withRestoreRoots(List<Path> roots) {
    return new ApiConfig(access, roots, webhooks, onHypervisor);
  }

  /** The same on the hypervisor itself. */
  public ApiConfig onHypervisorItself() {
    return new ApiConfig(access, restoreRoots, webhooks, true);
  }

  /** The same with other webhooks. */
  public ApiConfig withWebhooks(WebhookConfig other) {
    return new ApiConfig(access, restoreRoots, other, onHypervisor);
  }
}

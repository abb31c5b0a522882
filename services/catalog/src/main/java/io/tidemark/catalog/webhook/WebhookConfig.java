package io.tidemark.catalog.webhook;

/**
 * What webhooks may do.
 *
 * @param allowPrivate whether they may go to loopback and private addresses, there also without TLS
 */
public record WebhookConfig(boolean allowPrivate, Retries retries) {

  /** To the public internet only, ten attempts over about a day. */
  public static WebhookConfig defaults() {
    return new WebhookConfig(false, Retries.defaults());
  }
}

package io.tidemark.catalog.webhook;

import java.time.Duration;

/**
 * What webhooks may do.
 *
 * @param allowPrivate whether they may go to loopback and private addresses, there also without TLS
 * @param patience how long a receiver has to take a connection, and then to answer
 */
public record WebhookConfig(boolean allowPrivate, Retries retries, Duration patience) {

  /** With ten seconds for a receiver. */
  public WebhookConfig(boolean allowPrivate, Retries retries) {
    this(allowPrivate, retries, Duration.ofSeconds(10));
  }

  /** To the public internet only, ten attempts over about a day. */
  public static WebhookConfig defaults() {
    return new WebhookConfig(false, Retries.defaults());
  }
}

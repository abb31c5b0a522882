package io.tidemark.catalog;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the catalog needs to know.
 *
 * @param repository the repository's directory
 * @param postgresUri {@code postgresql://user:password@host:port/database}
 * @param httpHost the address that the API listens on
 * @param httpPort its port; 0 for any free one
 * @param timeouts how long to wait for others
 * @param retention how long events already dealt with are remembered; longer than Kafka keeps them
 * @param eventLogRetention how far back the live events can be resumed
 * @param api what the HTTP API lets others do
 */
public record CatalogConfig(
    Path repository,
    String postgresUri,
    String httpHost,
    int httpPort,
    Timeouts timeouts,
    Duration retention,
    Duration eventLogRetention,
    ApiConfig api) {

  /** With the time-outs and retention that suit production. */
  public CatalogConfig(Path repository, String postgresUri, String httpHost, int httpPort) {
    this(
        repository,
        postgresUri,
        httpHost,
        httpPort,
        Timeouts.defaults(),
        Duration.ofDays(35),
        Duration.ofDays(7),
        ApiConfig.defaults());
  }

  /** The same with other time-outs. */
  public CatalogConfig withTimeouts(Timeouts other) {
    return new CatalogConfig(
        repository, postgresUri, httpHost, httpPort, other, retention, eventLogRetention, api);
  }

  /** The same with another API. */
  public CatalogConfig withApi(ApiConfig other) {
    return new CatalogConfig(
        repository, postgresUri, httpHost, httpPort, timeouts, retention, eventLogRetention, other);
  }
}

package io.tidemark.standalone;

import io.tidemark.catalog.ApiConfig;
import io.tidemark.catalog.access.AccessConfig;
import io.tidemark.catalog.access.TlsFiles;
import io.tidemark.catalog.webhook.Retries;
import io.tidemark.catalog.webhook.WebhookConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whom the API answers, and how; each option can come from the environment too. */
final class ApiOptions {
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:TIDEMARK_HTTP:-127.0.0.1:8480}",
      description =
          "Where API and page listen (TIDEMARK_HTTP); default 127.0.0.1:8480. On any other than a"
              + " loopback address, users and tokens are asked for.")
  private HostPort http;

  @Option(
      names = "--auth",
      arity = "0..1",
      // Without this, naming the flag would turn off what the environment has turned on.
      fallbackValue = "true",
      defaultValue = "${env:TIDEMARK_AUTH:-false}",
      description = "Ask for users and tokens on a loopback address too (TIDEMARK_AUTH=true).")
  private boolean auth;

  @Option(
      names = "--tls-certificate",
      paramLabel = "PEM",
      defaultValue = "${env:TIDEMARK_TLS_CERTIFICATE:-}",
      description =
          "Speak TLS with this certificate chain (TIDEMARK_TLS_CERTIFICATE); read anew when it"
              + " changes.")
  private String certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "PEM",
      defaultValue = "${env:TIDEMARK_TLS_KEY:-}",
      description = "The certificate's private key, PKCS#8 (TIDEMARK_TLS_KEY).")
  private String key;

  @Option(
      names = "--insecure-http",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "${env:TIDEMARK_INSECURE_HTTP:-false}",
      description =
          "Listen on a network without TLS, where something in front of it speaks TLS"
              + " (TIDEMARK_INSECURE_HTTP=true).")
  private boolean insecure;

  @Option(
      names = "--restore-root",
      paramLabel = "DIR",
      split = ",",
      defaultValue = "${env:TIDEMARK_RESTORE_ROOTS:-}",
      description =
          "Restores may only write below this; again for more (TIDEMARK_RESTORE_ROOTS, with"
              + " commas); default anywhere, or DATA/restores where users are asked for.")
  private List<String> roots = List.of();

  @Option(
      names = "--private-webhooks",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "${env:TIDEMARK_PRIVATE_WEBHOOKS:-false}",
      description =
          "Let webhooks go to loopback and private addresses (TIDEMARK_PRIVATE_WEBHOOKS=true).")
  private boolean privateWebhooks;

  HostPort http() {
    return http;
  }

  /** Where people find the API, once it listens on that port. */
  String url(int port) {
    String host = http.host().contains(":") ? "[" + http.host() + "]" : http.host();
    return (certificate.isBlank() ? "http://" : "https://") + host + ":" + port;
  }

  /**
   * Throws {@link IllegalArgumentException} with what can't be.
   *
   * @param data where all state lives
   */
  ApiConfig config(Path data) {
    boolean loopback = isLoopback();
    boolean asks = auth || !loopback;
    Optional<TlsFiles> tls = tls();
    if (!loopback && tls.isEmpty() && !insecure) {
      throw new IllegalArgumentException(
          "--http "
              + http.host()
              + " is reached from elsewhere, and passwords would be read on the way: give"
              + " --tls-certificate and --tls-key, or --insecure-http behind a proxy that speaks"
              + " TLS");
    }
    List<Path> named =
        roots.stream().filter(root -> !root.isBlank()).map(ApiOptions::root).toList();
    return new ApiConfig(
        new AccessConfig(asks, tls),
        named.isEmpty() && asks ? List.of(data.resolve("restores")) : named,
        new WebhookConfig(privateWebhooks, Retries.defaults()),
        false);
  }

  private boolean isLoopback() {
    try {
      return InetAddress.getByName(http.host()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("--http: there is no host '" + http.host() + "'", e);
    }
  }

  private Optional<TlsFiles> tls() {
    if (certificate.isBlank() != key.isBlank()) {
      throw new IllegalArgumentException("--tls-certificate and --tls-key go together");
    }
    return Optional.of(certificate)
        .filter(given -> !given.isBlank())
        .map(given -> new TlsFiles(readable(given), readable(key)));
  }

  private static Path readable(String file) {
    Path path = Path.of(file).toAbsolutePath();
    if (!Files.isReadable(path)) {
      throw new IllegalArgumentException(path + " can't be read");
    }
    return path;
  }

  private static Path root(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("--restore-root must be absolute, not '" + text + "'");
    }
    return path.normalize();
  }
}

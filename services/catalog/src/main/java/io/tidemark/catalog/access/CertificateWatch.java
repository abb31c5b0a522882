package io.tidemark.catalog.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a listener its certificate, and the new one when the files change: connections that are
 * open go on. A certificate that can't be used leaves the old one in use.
 */
public final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private final Vertx vertx;
  private final TlsFiles files;
  private List<Long> seen = List.of();

  public CertificateWatch(Vertx vertx, TlsFiles files) {
    this.vertx = vertx;
    this.files = files;
  }

  /** What a listener needs to begin with. */
  public static KeyCertOptions certificate(TlsFiles files) {
    return new PemKeyCertOptions()
        .setCertPath(files.certificate().toString())
        .setKeyPath(files.key().toString());
  }

  /** TLS 1.2 and 1.3. */
  public static Set<String> protocols() {
    return new HashSet<>(List.of("TLSv1.2", "TLSv1.3"));
  }

  /** Remembers what the files are; before they are read, or a change meanwhile is never seen. */
  public Future<Void> begin() {
    return vertx.executeBlocking(this::times, false).onSuccess(now -> seen = now).mapEmpty();
  }

  /** Looks whether the files have changed since the last time, and takes them into use if so. */
  public Future<Void> look(HttpServer server) {
    return vertx
        .executeBlocking(this::times, false)
        .compose(now -> {
          boolean changed = !seen.equals(now);
          seen = now;
          return changed ? reload(server) : Future.succeededFuture();
        });
  }

  private Future<Void> reload(HttpServer server) {
    ServerSSLOptions options = new ServerSSLOptions();
    options.setKeyCertOptions(certificate(files));
    options.setEnabledSecureTransportProtocols(protocols());
    return server
        .updateSSLOptions(options, true)
        .onSuccess(
            done -> LOG.info("The new certificate is in use [file: {}]", files.certificate()))
        .onFailure(failure ->
            LOG.error(
                "The new certificate can't be used, the old one stays: {} [file: {}]",
                failure.getMessage(),
                files.certificate()))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private List<Long> times() throws IOException {
    return List.of(
        Files.getLastModifiedTime(files.certificate()).toMillis(),
        Files.getLastModifiedTime(files.key()).toMillis(),
        Files.size(files.certificate()));
  }
}

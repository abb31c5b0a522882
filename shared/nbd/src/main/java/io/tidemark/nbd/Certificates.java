package io.tidemark.nbd;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** Turns what a URI says of TLS into what the TLS stack wants. Reads files: blocks. */
final class Certificates {
  private static final String CA = "ca-cert.pem";
  private static final String CERTIFICATE = "client-cert.pem";
  private static final String KEY = "client-key.pem";

  private Certificates() {}

  /** Throws {@link NbdException} if it can't be done, or a file is missing or is nonsense. */
  static SslContext load(NbdUri uri, NbdTls tls) {
    if (tls.pskFile().isPresent()) {
      throw new NbdException.Unsupported(
          uri
              + ": the JVM's TLS has no pre-shared keys; use certificates (tls-certificates=DIR)"
              + " instead of tls-psk-file");
    }
    try {
      return build(uri, tls);
    } catch (SSLException | IllegalArgumentException e) {
      throw new NbdException.Refused(
          uri + ": the certificates can't be used (" + e.getMessage() + ")", e);
    }
  }

  private static SslContext build(NbdUri uri, NbdTls tls) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm(tls.verifyPeer() ? "HTTPS" : null);
    if (!tls.verifyPeer()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }
    if (tls.certificates().isPresent()) {
      Path directory = tls.certificates().get();
      if (!Files.isDirectory(directory)) {
        throw new NbdException.Refused(uri + ": " + directory + " is no directory");
      }
      if (tls.verifyPeer()) {
        // The JVM's own authorities must not stand in for the one that the caller means.
        if (!Files.exists(directory.resolve(CA))) {
          throw new NbdException.Refused(
              uri + ": " + directory + " has no " + CA + ", the authority to trust");
        }
        builder.trustManager(directory.resolve(CA).toFile());
      }
      if (Files.exists(directory.resolve(CERTIFICATE))) {
        builder.keyManager(
            directory.resolve(CERTIFICATE).toFile(), directory.resolve(KEY).toFile());
      }
    }
    return builder.build();
  }
}

package io.tidemark.catalog.store;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where PostgreSQL is and how it is spoken to, by its URI; the same for Vert.x's client and for the
 * driver that migrates the schema. {@code sslmode} and {@code sslrootcert} mean what they mean to
 * PostgreSQL's own programs; without the latter, those certificates are trusted that Java trusts.
 *
 * @param rootCertificate path of a PEM file
 */
record PostgresAddress(PgConnectOptions options, Optional<String> rootCertificate) {

  /** What Vert.x's client sets by itself. */
  private static final Set<String> CLIENTS_OWN = PgConnectOptions.DEFAULT_PROPERTIES.keySet();

  private static final String ROOT_CERTIFICATE = "sslrootcert=";

  /**
   * @throws IllegalArgumentException if it is no URI of PostgreSQL; the message does not repeat it
   */
  static PostgresAddress of(String uri) {
    try {
      Optional<String> root = rootCertificate(uri);
      PgConnectOptions options = PgConnectOptions.fromUri(uri).setCachePreparedStatements(true);
      tls(options.getSslMode(), root).ifPresent(options::setSslOptions);
      return new PostgresAddress(options, root);
    } catch (RuntimeException e) {
      // Neither its message nor it as a cause: both hold the URI, and with it the password.
      throw new IllegalArgumentException(
          "The address of PostgreSQL can't be read: it has to be like"
              + " postgresql://user:password@host:5432/database, with special characters of the"
              + " password percent-encoded. It is not shown here because of the password.");
    }
  }

  /** For people, without the password. */
  String where() {
    return host() + ":" + options.getPort() + "/" + options.getDatabase();
  }

  /** The same for JDBC. */
  DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {host()});
    source.setPortNumbers(new int[] {options.getPort()});
    source.setDatabaseName(options.getDatabase());
    source.setUser(options.getUser());
    source.setPassword(options.getPassword());
    source.setSslMode(options.getSslMode().value);
    if (rootCertificate.isPresent()) {
      source.setSslRootCert(rootCertificate.get());
    } else if (verifies(options.getSslMode())) {
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    source.setOptions(settings());
    return source;
  }

  private String host() {
    String host = options.getHost();
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /** What the server is told for the session, such as {@code search_path}. */
  private String settings() {
    return options.getProperties().entrySet().stream()
        .filter(setting -> !CLIENTS_OWN.contains(setting.getKey()))
        .map(setting -> "-c " + setting.getKey() + "=" + escaped(setting.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(" ", "\\ ");
  }

  private static Optional<String> rootCertificate(String uri) {
    String query = uri.substring(uri.lastIndexOf('?') + 1);
    return Arrays.stream(query.split("&"))
        .filter(parameter -> parameter.startsWith(ROOT_CERTIFICATE))
        .map(parameter ->
            URLDecoder.decode(
                parameter.substring(ROOT_CERTIFICATE.length()), StandardCharsets.UTF_8))
        .findFirst();
  }

  private static Optional<ClientSSLOptions> tls(SslMode mode, Optional<String> root) {
    if (mode == SslMode.DISABLE) {
      return Optional.empty();
    }
    ClientSSLOptions tls =
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    root.ifPresent(path -> tls.setTrustOptions(new PemTrustOptions().addCertPath(path)));
    return Optional.of(tls.setTrustAll(root.isEmpty() && !verifies(mode)));
  }

  private static boolean verifies(SslMode mode) {
    return mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
  }
}

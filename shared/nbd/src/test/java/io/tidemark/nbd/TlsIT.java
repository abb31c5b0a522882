package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** STARTTLS with real servers: the right one is talked to, any other is not. */
class TlsIT extends ServerTest {
  private static final String LOCAL = "DNS:localhost,IP:127.0.0.1";

  private Pki pki;
  private byte[] content;

  @BeforeEach
  void makeAuthority() throws IOException {
    pki = new Pki(Files.createDirectory(directory.resolve("authority")));
    content = randomFile("disk.raw", 3 * MIB);
  }

  @Test
  void aDiskIsReadAndWrittenOverTls() {
    try (ServerProcess server = nbdkit(pki.server(LOCAL))) {
      NbdConnection connection = connect(secure(server, pki.anonymousClient()));

      assertThat(read(connection, 0, 3 * MIB)).isEqualTo(content);
      connection.write(MIB, filled(MIB, 5)).await();
      assertThat(read(connection, MIB, MIB)).containsOnly(5);
      connection.close().await();
    }
  }

  @Test
  void aClientShowsItsCertificateToAServerThatAsks() {
    try (ServerProcess server = qemu(pki.server(LOCAL), true)) {
      NbdConnection connection = connect(secure(server, pki.client()));

      assertThat(read(connection, 0, 3 * MIB)).isEqualTo(content);
      connection.close().await();
      assertThatThrownBy(() -> connect(secure(server, pki.anonymousClient())))
          .isInstanceOf(NbdException.class)
          .hasMessageContaining("nbds+unix");
    }
  }

  @Test
  void tcpIsVerifiedByTheHostOfTheUri() throws IOException {
    int port = freePort();
    try (ServerProcess server =
        ServerProcess.qemuNbdOnTcp(
            port,
            "--object",
            "tls-creds-x509,id=tls0,endpoint=server,verify-peer=off,dir=" + pki.server(LOCAL),
            "--tls-creds",
            "tls0",
            "-r",
            "-f",
            "raw",
            file("disk.raw"))) {
      NbdTls tls = NbdTls.defaults().withCertificates(pki.anonymousClient());
      NbdConnection byAddress = connect(NbdUri.tcp("127.0.0.1", port, "").withTls(tls));
      NbdConnection byName = connect(NbdUri.tcp("localhost", port, "").withTls(tls));

      assertThat(read(byAddress, 0, 3 * MIB)).isEqualTo(read(byName, 0, 3 * MIB));
      byAddress.close().await();
      byName.close().await();
      assertThatThrownBy(
              () -> connect(NbdUri.tcp("127.0.0.1", port, "").withTls(tls.withHostname("kvm1"))))
          .isInstanceOf(NbdException.Refused.class)
          .hasMessageContaining("kvm1");
      assertThat(server.isAlive()).isTrue();
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    try (ServerProcess server = nbdkit(pki.server("DNS:elsewhere"))) {
      NbdTls tls = NbdTls.defaults().withCertificates(pki.anonymousClient());

      assertRefused(server.uri("").withTls(tls), "localhost");
      NbdConnection connection = connect(server.uri("").withTls(tls.withHostname("elsewhere")));
      assertThat(read(connection, 0, 512)).hasSize(512);
      connection.close().await();
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws IOException {
    Pki other = new Pki(Files.createDirectory(directory.resolve("other")));
    try (ServerProcess server = nbdkit(other.server(LOCAL))) {
      assertRefused(secure(server, pki.anonymousClient()), "TLS");
      assertRefused(server.uri("").withTls(NbdTls.defaults()), "TLS");

      NbdTls careless =
          new NbdTls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
      NbdConnection connection = connect(server.uri("").withTls(careless));
      assertThat(read(connection, 0, 512)).hasSize(512);
      connection.close().await();
    }
  }

  @Test
  void anExpiredCertificateIsRefused() {
    try (ServerProcess server = nbdkit(pki.expiredServer(LOCAL))) {
      assertRefused(secure(server, pki.anonymousClient()), "TLS");
    }
  }

  @Test
  void aServerWithoutTlsIsRefusedWhenItIsDemanded() {
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      assertRefused(secure(server, pki.anonymousClient()), "refused TLS");
    }
  }

  @Test
  void aServerThatDemandsTlsIsNotReadWithoutIt() {
    try (ServerProcess server = nbdkit(pki.server(LOCAL))) {
      assertRefused(server.uri(""), "demands TLS");
      assertThatThrownBy(() -> client.list(server.uri(""), OPTIONS).await())
          .hasMessageContaining("demands TLS");
      assertThat(client.list(secure(server, pki.anonymousClient()), OPTIONS).await()).hasSize(1);
    }
  }

  @Test
  void preSharedKeysAreRefusedClearly() {
    assertThatThrownBy(
            () -> connect(NbdUri.parse("nbds+unix://alice@/?socket=s&tls-psk-file=/keys")))
        .isInstanceOf(NbdException.Unsupported.class)
        .hasMessageContaining("pre-shared");
  }

  @Test
  void certificatesThatAreNotThereAreSaidSo() {
    assertRefused(
        NbdUri.unix(directory.resolve("s"), "")
            .withTls(NbdTls.defaults().withCertificates(directory.resolve("nowhere"))),
        "nowhere");
  }

  @Test
  void authoritiesOfTheJvmDoNotStandInForOneThatIsMissing() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertRefused(
        NbdUri.unix(directory.resolve("s"), "").withTls(NbdTls.defaults().withCertificates(empty)),
        "ca-cert.pem");
  }

  private ServerProcess nbdkit(Path certificates) {
    return ServerProcess.nbdkit(
        directory, "--tls=require", "--tls-certificates=" + certificates, "file", file("disk.raw"));
  }

  private ServerProcess qemu(Path certificates, boolean verifyPeer) {
    return ServerProcess.qemuNbd(
        directory,
        "--object",
        "tls-creds-x509,id=tls0,endpoint=server,verify-peer="
            + (verifyPeer ? "on" : "off")
            + ",dir="
            + certificates,
        "--tls-creds",
        "tls0",
        "-r",
        "-f",
        "raw",
        file("disk.raw"));
  }

  private NbdConnection connect(NbdUri uri) {
    return client.connect(uri, OPTIONS).await();
  }

  private void assertRefused(NbdUri uri, String why) {
    assertThatThrownBy(() -> connect(uri))
        .isInstanceOf(NbdException.Refused.class)
        .hasMessageContaining(why);
  }

  private static NbdUri secure(ServerProcess server, Path certificates) {
    return server.uri("").withTls(NbdTls.defaults().withCertificates(certificates));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}

package io.tidemark.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An authority and what it signs, as directories such as QEMU and libnbd want them. */
final class Pki {
  private final Path home;

  Pki(Path home) {
    this.home = home;
    openssl("req -x509 -nodes -days 2 -subj /CN=authority %s -keyout ca-key.pem -out ca-cert.pem");
  }

  /** What a server at these names needs. */
  Path server(String names) {
    return signed("server", "subjectAltName=" + names, "-days 2");
  }

  /** The same, but it is no longer valid. */
  Path expiredServer(String names) {
    return signed("server", "subjectAltName=" + names, "-days -1");
  }

  /** What a client needs that is asked who it is. */
  Path client() {
    return signed("client", "keyUsage=digitalSignature", "-days 2");
  }

  /** What a client needs that only wants to know the server. */
  Path anonymousClient() {
    return directory();
  }

  private Path signed(String role, String extension, String validity) {
    try {
      Path directory = directory();
      Files.writeString(home.resolve("extension"), extension + "\n");
      openssl("req -nodes -subj /CN=" + role + " %s -keyout key.pem -out request.pem");
      openssl(
          "x509 -req -in request.pem -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial "
              + validity
              + " -extfile extension -out cert.pem");
      Files.move(home.resolve("cert.pem"), directory.resolve(role + "-cert.pem"));
      Files.move(home.resolve("key.pem"), directory.resolve(role + "-key.pem"));
      return directory;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path directory() {
    try {
      Path directory = Files.createTempDirectory(home, "pki");
      Files.copy(home.resolve("ca-cert.pem"), directory.resolve("ca-cert.pem"));
      return directory;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void openssl(String arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    String newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
    command.addAll(Arrays.asList(arguments.replace("%s", newKey).split(" ")));
    ServerProcess.run(home, command.toArray(String[]::new));
  }
}

package io.tidemark.e2e;

import io.tidemark.demo.SuiteProcess;
import io.tidemark.lab.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A lab and the whole suite over it, as a user would run them. */
final class TestSuite implements AutoCloseable {
  private final Lab lab;
  private final Path directory;
  private final String http;
  private SuiteProcess process;

  private TestSuite(Lab lab, Path directory, String http) {
    this.lab = lab;
    this.directory = directory;
    this.http = http;
  }

  static TestSuite start(Path directory, String... options) {
    TestSuite suite =
        new TestSuite(Lab.up(Lab.uniqueSuffix()), directory, "127.0.0.1:" + freePort());
    suite.startProcess(options);
    return suite;
  }

  Lab lab() {
    return lab;
  }

  Cli cli() {
    return new Cli(process.url());
  }

  SuiteProcess process() {
    return process;
  }

  Path data() {
    return directory.resolve("data");
  }

  Path repository() {
    return data().resolve("repository");
  }

  void startProcess(String... options) {
    process =
        SuiteProcess.start(
            ServiceProcess.SOON_READY,
            lab.uri(),
            data(),
            http,
            Stream.concat(
                    Stream.of("--host-directory", directory.resolve("host").toString()),
                    Stream.of(options))
                .toArray(String[]::new));
  }

  @Override
  public void close() {
    process.close();
    lab.close();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError("no free port", e);
    }
  }
}

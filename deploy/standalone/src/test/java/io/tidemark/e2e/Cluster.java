package io.tidemark.e2e;

import io.tidemark.cli.ApiClient;
import io.tidemark.lab.Lab;
import io.tidemark.postgres.PostgresServer;
import io.tidemark.standalone.BrokerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Kafka, PostgreSQL and services, each a process of its own. */
final class Cluster implements AutoCloseable {
  private static final List<String> HOST_SIDE = List.of("inventory", "converter", "checkpointer");

  private final Deque<Runnable> running = new ArrayDeque<>();
  private final List<ServiceProcess> extractors = new ArrayList<>();
  private final Path directory;
  private final Lab lab;
  private final BrokerProcess broker;
  private final PostgresServer postgres;
  private final int httpPort = TestSuite.freePort();

  private Cluster(Path directory) {
    this.directory = directory;
    this.lab = Lab.up(Lab.uniqueSuffix());
    running.push(lab::close);
    this.broker = BrokerProcess.start(directory.resolve("kafka"));
    running.push(broker::close);
    this.postgres = PostgresServer.start(directory.resolve("postgres"));
    running.push(postgres::close);
  }

  /** Everything but extractors. */
  static Cluster start(Path directory) {
    Cluster cluster = new Cluster(directory);
    HOST_SIDE.forEach(name -> cluster.keep(cluster.service(ServiceProcess.SOON_READY, name)));
    cluster.keep(
        cluster.service(
            ServiceProcess.SOON_READY,
            "catalog",
            "--postgres",
            cluster.postgres.uri(),
            "--http",
            "127.0.0.1:" + cluster.httpPort));
    ProtectedVm.await(
        "the API answers",
        () -> cluster.cli().run("vms", "--url", cluster.url().toString()).status() == 0);
    return cluster;
  }

  ServiceProcess extractor(String... jvmOptions) {
    ServiceProcess extractor = service(List.of(jvmOptions), "extractor");
    extractors.add(extractor);
    return extractor;
  }

  void stopExtractors() {
    extractors.forEach(ServiceProcess::close);
    extractors.clear();
  }

  String kafka() {
    return broker.bootstrap();
  }

  Lab lab() {
    return lab;
  }

  Cli cli() {
    return new Cli(url());
  }

  ApiClient api() {
    return new ApiClient(url());
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + httpPort);
  }

  private void keep(ServiceProcess service) {
    running.push(service::close);
  }

  private ServiceProcess service(List<String> jvmOptions, String name, String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(
        List.of(
            "--kafka", broker.bootstrap(),
            "--libvirt", lab.uri(),
            "--data", directory.resolve("data").toString(),
            "--repository", directory.resolve("repository").toString(),
            "--host-directory", directory.resolve("host").toString()));
    return ServiceProcess.start(directory.resolve(name + ".log"), jvmOptions, name, options);
  }

  @Override
  public void close() {
    stopExtractors();
    running.forEach(Runnable::run);
  }
}

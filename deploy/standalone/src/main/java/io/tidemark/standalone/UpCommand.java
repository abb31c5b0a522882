package io.tidemark.standalone;

import io.tidemark.postgres.PostgresServer;
import java.io.PrintWriter;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tidemark up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description =
        "Run all of Tidemark in one process on this hypervisor, with Kafka and PostgreSQL embedded"
            + " unless real ones are named.",
    footer = {
      "",
      "Examples:",
      "  tidemark up",
      "  tidemark up --data /srv/tidemark --kafka kafka1:9092"
    })
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions options;

  @Override
  public Integer call() throws Exception {
    Deque<AutoCloseable> running = new ConcurrentLinkedDeque<>();
    try {
      start(running);
    } catch (Exception e) {
      for (AutoCloseable part : running) {
        part.close();
      }
      throw e;
    }
    Shutdown.await(running.toArray(AutoCloseable[]::new));
    return 0;
  }

  /** What starts last is stopped first. */
  private void start(Deque<AutoCloseable> running) throws Exception {
    options.check();
    running.push(DataLock.take(options.data()));
    Ground ground = startGround(running);
    say("Kafka      " + ground.kafka());
    say("PostgreSQL " + ground.postgres().replaceAll("://[^@]*@", "://"));
    say("libvirt    " + options.libvirt());
    say("repository " + options.repository());
    Services services = new Services(options, ground.kafka());
    running.push(services);
    services.start(List.of(ServiceName.values()), ground.postgres());
    FirstAccount.tell(services, this::say);
    say("Tidemark is ready: " + options.api().url(services.httpPort().orElseThrow()));
  }

  /** What the services stand on, both parts at the same time: each waits for the disk a lot. */
  private Ground startGround(Deque<AutoCloseable> running) throws Exception {
    Future<String> kafka;
    Future<String> postgres;
    // Left only when both have started or failed, so that what runs can be stopped.
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      kafka = threads.submit(() -> options.kafka().orElseGet(() -> startKafka(running)));
      postgres = threads.submit(() -> options.postgres().orElseGet(() -> startPostgres(running)));
    }
    return new Ground(result(kafka), result(postgres));
  }

  private static String result(Future<String> done) throws Exception {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private String startKafka(Deque<AutoCloseable> running) {
    BrokerProcess broker = BrokerProcess.start(options.data().resolve("kafka"));
    running.push(broker);
    return broker.bootstrap();
  }

  private String startPostgres(Deque<AutoCloseable> running) {
    PostgresServer server = PostgresServer.start(options.data().resolve("postgres"));
    running.push(server);
    return server.uri();
  }

  /**
   * Where the services find what they stand on.
   *
   * @param kafka bootstrap servers
   * @param postgres a connection URI
   */
  private record Ground(String kafka, String postgres) {}

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}

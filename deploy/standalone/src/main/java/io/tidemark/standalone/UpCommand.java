package io.tidemark.standalone;

import io.tidemark.postgres.PostgresServer;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
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
    Deque<AutoCloseable> running = new ArrayDeque<>();
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
  private void start(Deque<AutoCloseable> running) {
    options.check();
    running.push(DataLock.take(options.data()));
    String kafka = options.kafka().orElseGet(() -> startKafka(running));
    say("Kafka      " + kafka);
    String postgres = options.postgres().orElseGet(() -> startPostgres(running));
    say("PostgreSQL " + postgres.replaceAll("://[^@]*@", "://"));
    say("libvirt    " + options.libvirt());
    say("repository " + options.repository());
    Services services = new Services(options, kafka);
    running.push(services);
    services.start(List.of(ServiceName.values()), postgres);
    FirstAccount.tell(services, this::say);
    say("Tidemark is ready: " + options.api().url(services.httpPort().orElseThrow()));
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

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}

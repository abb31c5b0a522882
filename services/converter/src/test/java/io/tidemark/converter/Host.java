package io.tidemark.converter;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.Event;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.HostCommand;
import io.tidemark.hypervisor.LibvirtHypervisor;
import io.tidemark.lab.Lab;
import io.tidemark.lab.LabDomain;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Journal;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A lab, a broker, a converter between them, and all that it ever said. */
final class Host implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<Class<? extends Event>> SAID =
      List.of(
          ConversionPlanned.class,
          ConversionApplied.class,
          ConversionReverted.class,
          ConversionFailed.class,
          RestoreTargetReady.class,
          RestoreCompleted.class,
          RestoreFailed.class);

  private final Vertx vertx = Vertx.vertx();
  private final Path directory;
  private final ConverterConfig config;
  private final EmbeddedBroker broker;
  private final KafkaEvents events;
  private final Lab lab;
  private final LibvirtHypervisor hypervisor;
  private final List<Event> heard = new CopyOnWriteArrayList<>();
  private String deployment;

  Host(Path directory, Duration shutdownPatience) {
    this.directory = directory;
    config =
        new ConverterConfig(directory.resolve("state"), directory.resolve("host"), shutdownPatience)
            .withRestoreRoots(List.of(directory, Path.of("/dev"), Path.of("/proc")));
    lab = Lab.up(Lab.uniqueSuffix());
    hypervisor = LibvirtHypervisor.create(vertx, lab.uri());
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    events = new KafkaEvents(vertx, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    get(events.createTopics());
    EventConsumer ear = events.reader(Topic.CONVERSIONS, Topic.RESTORES);
    SAID.forEach(type -> listen(ear, type));
    get(ear.start());
    deployment = deploy();
  }

  Lab lab() {
    return lab;
  }

  ConverterConfig config() {
    return config;
  }

  Path directory() {
    return directory;
  }

  String name() {
    return get(hypervisor.name());
  }

  Domain domain(LabDomain domain) {
    return get(hypervisor.domain(domain.name())).orElseThrow();
  }

  void define(String xml) {
    get(hypervisor.define(xml));
  }

  /** What the converter remembers, to be changed while it is away. */
  <T> Journal<T> journal(String name, Class<T> type) {
    return new Journal<>(vertx, config.stateDirectory().resolve(name), type);
  }

  /** The converter is stopped, something happens, and another one takes over. */
  void whileAway(Runnable meanwhile) {
    get(vertx.undeploy(deployment));
    meanwhile.run();
    deployment = deploy();
  }

  void publish(Event event) {
    get(events.publish(UUID.randomUUID().toString(), event));
  }

  <E extends Event> E await(Class<E> type, Predicate<E> wanted) {
    return awaitAll(type, wanted, 1).getFirst();
  }

  /** Waits until it has said that at least so often. */
  <E extends Event> List<E> awaitAll(Class<E> type, Predicate<E> wanted, int times) {
    return Awaitility.await(type.getSimpleName())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> said(type, wanted), said -> said.size() >= times);
  }

  <E extends Event> List<E> said(Class<E> type, Predicate<E> wanted) {
    return heard.stream().filter(type::isInstance).map(type::cast).filter(wanted).toList();
  }

  String run(String... command) {
    return get(new HostCommand(vertx).run("qemu-utils", PATIENCE, List.of(command)));
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    get(vertx.undeploy(deployment));
    get(events.close());
    get(hypervisor.close());
    get(vertx.close());
    broker.close();
    lab.close();
  }

  private String deploy() {
    return get(vertx.deployVerticle(new ConverterVerticle(config, events, hypervisor)));
  }

  private <E extends Event> void listen(EventConsumer ear, Class<E> type) {
    ear.on(
        type,
        event -> {
          heard.add(event);
          return Future.succeededFuture();
        });
  }
}

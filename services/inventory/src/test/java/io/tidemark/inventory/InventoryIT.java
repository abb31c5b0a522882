package io.tidemark.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.DomainChanged;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.tidemark.events.InventoryEvent;
import io.tidemark.events.Protection;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.LibvirtHypervisor;
import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inventory between a real libvirt and a real broker. */
class InventoryIT {
  private static final long SIZE = 8 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  @TempDir private static Path directory;
  private static final Vertx VERTX = Vertx.vertx();
  private static final List<InventoryEvent> HEARD = new CopyOnWriteArrayList<>();
  private static Lab lab;
  private static EmbeddedBroker broker;
  private static KafkaEvents events;
  private static LibvirtHypervisor hypervisor;

  @BeforeAll
  static void start() {
    lab = Lab.up(Lab.uniqueSuffix());
    broker = EmbeddedBroker.start(directory, 0);
    events = new KafkaEvents(VERTX, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    events.createTopics().await();
    hypervisor = LibvirtHypervisor.create(VERTX, lab.uri());
    events
        .reader(Topic.INVENTORY)
        .on(DomainSeen.class, InventoryIT::hear)
        .on(DomainChanged.class, InventoryIT::hear)
        .on(DomainGone.class, InventoryIT::hear)
        .start()
        .await();
  }

  @AfterAll
  static void stop() {
    events.close().await();
    hypervisor.close().await();
    VERTX.close().await();
    broker.close();
    lab.close();
  }

  @Test
  void aDomainIsSeenThenItsChangeAndThatItVanishedWhileNobodyLooked() {
    BlankDomain blank = lab.blankDomain("inventory", SIZE);
    String inventory = deploy();

    DomainDescription seen = ((DomainSeen) awaitFact(of(blank, DomainSeen.class))).domain();
    blank.shutdown();
    DomainDescription off =
        ((DomainChanged)
                awaitFact(
                    of(blank, DomainChanged.class)
                        .and(e -> ((DomainChanged) e).domain().state() != DomainState.RUNNING)))
            .domain();
    VERTX.undeploy(inventory).await();
    blank.destroy();
    deploy();
    DomainGone gone =
        (DomainGone)
            awaitFact(e -> e instanceof DomainGone g && g.domainUuid().equals(seen.uuid()));

    assertThat(seen.state()).isEqualTo(DomainState.RUNNING);
    assertThat(seen.disks()).hasSize(1);
    assertThat(seen.disks().getFirst().sizeBytes()).isEqualTo(SIZE);
    assertThat(seen.disks().getFirst().protection()).isEqualTo(Protection.CONVERTIBLE);
    assertThat(seen.disks().getFirst().source()).isEqualTo(blankDisk(seen));
    assertThat(off.state()).isEqualTo(DomainState.SHUT_OFF);
    assertThat(gone.name()).isEqualTo(blank.name());
  }

  private static String blankDisk(DomainDescription domain) {
    return lab.directory().resolve("images").resolve(domain.name()).resolve("vda.raw").toString();
  }

  private static String deploy() {
    InventoryConfig config = new InventoryConfig(Duration.ofSeconds(1), Duration.ofMinutes(5));
    return VERTX.deployVerticle(new InventoryVerticle(config, events, hypervisor)).await();
  }

  private static InventoryEvent awaitFact(Predicate<InventoryEvent> wanted) {
    return await()
        .atMost(PATIENCE)
        .until(() -> HEARD.stream().filter(wanted).toList(), found -> !found.isEmpty())
        .getFirst();
  }

  private static Predicate<InventoryEvent> of(
      BlankDomain blank, Class<? extends InventoryEvent> type) {
    return event ->
        type.isInstance(event)
            && switch (event) {
              case DomainSeen seen -> seen.domain().name().equals(blank.name());
              case DomainChanged changed -> changed.domain().name().equals(blank.name());
              case DomainGone gone -> gone.name().equals(blank.name());
            };
  }

  private static Future<Void> hear(InventoryEvent event) {
    HEARD.add(event);
    return Future.succeededFuture();
  }
}

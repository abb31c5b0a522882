package io.tidemark.hypervisor;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.lab.Lab;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A daemon that comes and goes. */
class ReconnectIT {
  private static Lab lab;
  private static Vertx vertx;

  private DaemonProxy daemon;
  private Hypervisor hypervisor;

  @BeforeAll
  static void bringTheLabUp() {
    lab = Lab.up(Lab.uniqueSuffix());
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void leave() {
    vertx.close().await();
    lab.close();
  }

  @BeforeEach
  void connect() throws IOException {
    daemon = DaemonProxy.of(lab.uri());
    hypervisor = LibvirtHypervisor.create(vertx, daemon.uri());
  }

  @AfterEach
  void disconnect() throws IOException {
    hypervisor.close().await();
    daemon.close();
  }

  @Test
  void aDaemonThatReturnsIsUsedAgainByTheNextCall() throws IOException {
    var name = hypervisor.name().await();

    daemon.down();
    assertThatThrownBy(() -> hypervisor.name().await())
        .isInstanceOf(HypervisorException.Unavailable.class)
        .hasMessageContaining(daemon.uri());
    daemon.up();

    assertThat(hypervisor.name().await()).isEqualTo(name);
  }

  @Test
  void whoListensHearsAgainWhenTheDaemonHasReturned() throws Exception {
    var blank = lab.blankDomain("hear", 65536);
    var uuid = hypervisor.domain(blank.name()).await().orElseThrow().uuid();
    var heard = new LinkedBlockingQueue<String>();
    hypervisor.onDomainChanged(heard::add);
    blank.shutdown();
    assertThat(heard.poll(20, SECONDS)).isEqualTo(uuid);

    daemon.down();
    daemon.up();

    Awaitility.await()
        .atMost(60, SECONDS)
        .until(() -> {
          heard.clear();
          blank.start();
          blank.shutdown();
          return uuid.equals(heard.poll(2, SECONDS));
        });
  }

  @Test
  void listeningAloneConnectsAsSoonAsTheDaemonIsThere() throws Exception {
    var blank = lab.blankDomain("late", 65536);
    var heard = new LinkedBlockingQueue<String>();
    daemon.down();

    hypervisor.onDomainChanged(heard::add);
    daemon.up();

    Awaitility.await()
        .atMost(60, SECONDS)
        .until(() -> {
          blank.shutdown();
          blank.start();
          return heard.poll(2, SECONDS) != null;
        });
  }

  @Test
  void callsOnAConnectionThatBreaksFailAndNothingWorse() throws IOException {
    for (var round = 0; round < 10; round++) {
      var calls = IntStream.range(0, 40).mapToObj(i -> hypervisor.domains()).toList();
      daemon.down();
      Future.join(calls).otherwiseEmpty().await();
      daemon.up();

      assertThat(calls)
          .allSatisfy(call ->
              assertThat(call)
                  .satisfiesAnyOf(
                      ok -> assertThat(ok.succeeded()).isTrue(),
                      failed ->
                          assertThat(failed.cause())
                              .isInstanceOf(HypervisorException.Unavailable.class)));
      assertThat(hypervisor.libVersion().await()).isPositive();
    }
  }

  @Test
  void aClosedHypervisorSaysThatItIsClosed() {
    var closed = LibvirtHypervisor.create(vertx, daemon.uri());
    closed.name().await();

    closed.close().await();

    assertThatThrownBy(() -> closed.name().await())
        .isInstanceOf(HypervisorException.Unavailable.class)
        .hasMessageContaining("closed");
    assertThat(hypervisor.name().await()).isNotBlank();
  }

  @Test
  void aDaemonThatIsNotThereIsNamedWithWhatToDo() {
    var nowhere = LibvirtHypervisor.create(vertx, "qemu+unix:///system?socket=/nowhere/sock");

    assertThatThrownBy(() -> nowhere.domains().await())
        .isInstanceOf(HypervisorException.Unavailable.class)
        .hasMessageContaining("/nowhere/sock")
        .hasMessageContaining("virsh");
    nowhere.close().await();
  }
}

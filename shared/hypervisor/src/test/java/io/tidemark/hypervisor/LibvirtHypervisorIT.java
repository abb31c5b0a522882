package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tidemark.hypervisor.HypervisorException.AgentUnavailable;
import io.tidemark.hypervisor.HypervisorException.NoSuchDomain;
import io.tidemark.hypervisor.HypervisorException.Refused;
import io.tidemark.hypervisor.HypervisorException.TimedOut;
import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Domains of a real libvirt. */
class LibvirtHypervisorIT {
  private static final String UNKNOWN = "00000000-0000-4000-8000-000000000001";
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private static Lab lab;
  private static Vertx vertx;
  private static Hypervisor hypervisor;

  @BeforeAll
  static void connect() {
    lab = Lab.up(Lab.uniqueSuffix());
    vertx = Vertx.vertx();
    hypervisor = LibvirtHypervisor.create(vertx, lab.uri());
  }

  @AfterAll
  static void disconnect() {
    hypervisor.close().await();
    vertx.close().await();
    lab.close();
  }

  @Test
  void theHypervisorTellsItsNameAndVersion() {
    assertThat(hypervisor.name().await()).isNotBlank();
    assertThat(hypervisor.libVersion().await())
        .isGreaterThanOrEqualTo(DiskProtection.DATA_STORE_VERSION);
  }

  @Test
  void aDomainIsReadWithItsStateAndDisks() {
    var blank = lab.blankDomain("read", 1_000_448, 8L << 20);

    var domain = domain(blank);

    assertThat(domain.name()).isEqualTo(blank.name());
    assertThat(domain.state()).isEqualTo(Domain.State.RUNNING);
    assertThat(domain.persistentXml().live()).isFalse();
    assertThat(domain.liveXml().orElseThrow().live()).isTrue();
    assertThat(domain.currentXml().disks())
        .extracting(Disk::target, Disk::format, Disk::source)
        .containsExactly(
            tuple("vda", "raw", Optional.of(blank.rawDisk("vda").toString())),
            tuple("vdb", "raw", Optional.of(blank.rawDisk("vdb").toString())));
    assertThat(hypervisor.diskSizeBytes(domain.uuid(), "vda").await()).isEqualTo(1_000_448);
    assertThat(hypervisor.diskSizeBytes(domain.uuid(), "vdb").await()).isEqualTo(8L << 20);
    assertThat(hypervisor.domain(domain.uuid()).await()).contains(domain);
    assertThat(hypervisor.domains().await()).contains(domain);
  }

  @Test
  void aDomainStartsPausesResumesAndEnds() {
    var blank = lab.blankDomain("states", 1 << 20);
    var uuid = domain(blank).uuid();

    lab.virsh("suspend", blank.name());
    assertThat(domain(blank).state()).isEqualTo(Domain.State.PAUSED);
    hypervisor.resume(uuid).await();
    assertThat(domain(blank).state()).isEqualTo(Domain.State.RUNNING);
    blank.shutdown();
    assertThat(domain(blank))
        .returns(Domain.State.SHUT_OFF, Domain::state)
        .returns(Optional.empty(), Domain::liveXml);
    assertThat(hypervisor.diskSizeBytes(uuid, "vda").await()).isEqualTo(1 << 20);
    hypervisor.start(uuid).await();
    assertThat(domain(blank).active()).isTrue();
    blank.killQemu();
    assertThat(domain(blank).state()).isEqualTo(Domain.State.CRASHED);
    hypervisor.shutdown(uuid, MOMENT).await();
  }

  @Test
  void aGuestThatHearsThePowerButtonIsOffWhenItIsDone() {
    var guest = lab.bootGuest("button");
    var uuid = hypervisor.domain(guest.name()).await().orElseThrow().uuid();

    hypervisor.shutdown(uuid, Duration.ofSeconds(60)).await();

    assertThat(guest.state()).isEqualTo("shut off");
  }

  @Test
  void aDomainThatDoesNotHearThePowerButtonIsLeftRunning() {
    var blank = lab.blankDomain("deaf", 1 << 20);

    assertThatThrownBy(() -> hypervisor.shutdown(domain(blank).uuid(), MOMENT).await())
        .isInstanceOf(TimedOut.class)
        .hasMessageContaining("still runs");
    assertThat(domain(blank).state()).isEqualTo(Domain.State.RUNNING);
  }

  @Test
  void whatIsUnknownIsSaidSo() {
    assertThat(hypervisor.domain("no-such-domain").await()).isEmpty();
    assertThat(hypervisor.domain(UNKNOWN).await()).isEmpty();
    assertThat(hypervisor.volumePath("no-such-pool", "no-such-volume").await()).isEmpty();
    assertThatThrownBy(() -> hypervisor.start(UNKNOWN).await())
        .isInstanceOf(NoSuchDomain.class)
        .hasMessageContaining(UNKNOWN);
    assertThatThrownBy(() -> hypervisor.shutdown(UNKNOWN, MOMENT).await())
        .isInstanceOf(NoSuchDomain.class);
    assertThatThrownBy(() -> hypervisor.abortBackup(UNKNOWN).await())
        .isInstanceOf(NoSuchDomain.class);
    var blank = lab.blankDomain("nodisk", 65536);
    assertThatThrownBy(() -> hypervisor.diskSizeBytes(domain(blank).uuid(), "vdz").await())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("vdz")
        .hasMessageContaining(blank.name());
  }

  @Test
  void aDomainWithoutAgentIsNotFrozenAndNeedsNoThaw() {
    var blank = lab.blankDomain("agent", 65536);
    var uuid = domain(blank).uuid();

    assertThatThrownBy(() -> hypervisor.freeze(uuid, MOMENT).await())
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining(blank.name());
    hypervisor.thaw(uuid, MOMENT).await();
    blank.shutdown();
    hypervisor.thaw(uuid, MOMENT).await();
  }

  @Test
  void anAgentThatNeverAnswersIsGivenUp() {
    var blank = lab.blankDomain("silent", 65536);
    blank.shutdown();
    var channel =
        "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
    hypervisor.define(with(domain(blank), "</devices>", channel + "</devices>")).await();
    blank.start();

    assertThatThrownBy(() -> hypervisor.freeze(domain(blank).uuid(), MOMENT).await())
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining(blank.name());
  }

  @Test
  void aMetadataImageIsAcceptedByLibvirtAndTakenAwayAgain() throws IOException {
    var domain = ConvertedDomain.of(vertx, lab, hypervisor, "both", 1 << 20, 1_000_448);
    var converted = hypervisor.domain(domain.uuid()).await().orElseThrow();

    assertThat(converted.currentXml().disks())
        .extracting(Disk::target, Disk::format, Disk::dataPath)
        .containsExactly(
            tuple("vda", "qcow2", Optional.of(domain.blank().rawDisk("vda").toString())),
            tuple("vdb", "qcow2", Optional.of(domain.blank().rawDisk("vdb").toString())));
    assertThat(hypervisor.diskSizeBytes(domain.uuid(), "vda").await()).isEqualTo(1 << 20);
    domain.blank().write("vda", 4096, 512, 0x77);
    domain.blank().flush("vda");
    domain.blank().shutdown();
    var reverted = converted.persistentXml();
    for (var target : domain.targets()) {
      reverted = reverted.withoutMetadataImage(target);
    }
    hypervisor.define(reverted.text()).await();

    hypervisor.start(domain.uuid()).await();
    assertThat(domain(domain.blank()).persistentXml()).isEqualTo(reverted);
    assertThat(domain(domain.blank()).currentXml().disks())
        .extracting(Disk::format)
        .containsOnly("raw");
    assertThat(Files.readAllBytes(domain.blank().rawDisk("vda"))[4096]).isEqualTo((byte) 0x77);
  }

  @Test
  void aDefinitionKeepsItsPasswordThoughNobodyIsToldIt() {
    var blank = lab.blankDomain("secret", 65536);
    hypervisor
        .define(
            with(
                domain(blank),
                "</devices>",
                "<graphics type='vnc' passwd='s3cret&amp;' port='-1'/></devices>"))
        .await();
    var definition = domain(blank).persistentXml();
    assertThat(definition.text()).doesNotContain("s3cret");

    hypervisor.define(definition.text()).await();

    assertThat(lab.virsh("dumpxml", "--inactive", "--security-info", blank.name()))
        .contains("passwd='s3cret&amp;'");
  }

  @Test
  void namesOfEveryLanguageAreKept() {
    var blank = lab.blankDomain("umlaut", 65536);
    var title = "Gedächtnis 記憶 🌊";

    hypervisor
        .define(with(domain(blank), "<memory ", "<title>" + title + "</title><memory "))
        .await();

    assertThat(domain(blank).persistentXml().text()).contains("<title>" + title + "</title>");
  }

  @Test
  void whatLibvirtDoesNotUnderstandIsNotDefined() {
    var blank = lab.blankDomain("invalid", 65536);
    var before = domain(blank).persistentXml();

    var misspelt = with(domain(blank), "<devices>", "<devices><dsik/>");

    assertThatThrownBy(() -> hypervisor.define(misspelt).await())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("Extra element devices")
        .hasMessageContaining("XML is at fault");
    assertThatThrownBy(() -> hypervisor.define("<domain>").await())
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(domain(blank).persistentXml()).isEqualTo(before);
  }

  @Test
  void aDomainWhoseDiskIsMissingDoesNotStartAndTheFileIsNamed() throws IOException {
    var blank = lab.blankDomain("missing", 65536);
    blank.shutdown();
    var disk = blank.rawDisk("vda");
    Files.delete(disk);

    assertThatThrownBy(() -> hypervisor.start(domain(blank).uuid()).await())
        .isInstanceOf(Refused.class)
        .hasMessageContaining(disk.toString())
        .hasMessageContaining(blank.name());
  }

  @Test
  void callsCompleteOnTheContextOfTheCaller() {
    var context = vertx.getOrCreateContext();
    var completed =
        Future.<Boolean>future(promise ->
            context.runOnContext(now ->
                hypervisor
                    .name()
                    .onComplete(name -> promise.complete(context.equals(Vertx.currentContext())))));

    assertThat(completed.await()).isTrue();
  }

  private static Domain domain(BlankDomain blank) {
    return hypervisor.domain(blank.name()).await().orElseThrow();
  }

  private static String with(Domain domain, String part, String by) {
    var text = domain.persistentXml().text();
    assertThat(text).contains(part);
    return text.replace(part, by);
  }
}

package io.tidemark.checkpointer;

import static org.awaitility.Awaitility.await;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupEvent;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Event;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.HostCommand;
import io.tidemark.hypervisor.LibvirtHypervisor;
import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import io.tidemark.lab.LabDomain;
import io.tidemark.runtime.Journal;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A lab, a broker, a checkpointer between them, and all that it ever said. */
final class Stage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Vertx vertx = Vertx.vertx();
  private final Path directory;
  private final EmbeddedBroker broker;
  private final KafkaEvents events;
  private final Lab lab;
  private final LibvirtHypervisor hypervisor;
  private final List<BackupEvent> heard = new CopyOnWriteArrayList<>();
  private String deployment;

  Stage(Path directory) {
    this.directory = directory;
    lab = Lab.up(Lab.uniqueSuffix());
    hypervisor = LibvirtHypervisor.create(vertx, lab.uri());
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    events = new KafkaEvents(vertx, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    events.createTopics().await();
    events
        .reader(Topic.BACKUPS)
        .on(BackupStarted.class, this::hear)
        .on(BackupJobEnded.class, this::hear)
        .start()
        .await();
    deployment = deploy();
  }

  Lab lab() {
    return lab;
  }

  LibvirtHypervisor hypervisor() {
    return hypervisor;
  }

  /** Where QEMU keeps what a guest overwrites during its backup. */
  Path scratch() {
    return host().resolve("scratch");
  }

  /** Where the checkpointer lets QEMU make things; libvirt writes its name otherwise in XML. */
  Path host() {
    return directory.resolve("R&D's host");
  }

  /** The checkpointer is stopped, something happens, and another one takes over. */
  void whileAway(Runnable meanwhile) {
    vertx.undeploy(deployment).await();
    meanwhile.run();
    deployment = deploy();
  }

  /** What the checkpointer remembers, to be changed while it is away. */
  Journal<JobEntry> journal() {
    return new Journal<>(vertx, directory.resolve("state").resolve("backups"), JobEntry.class);
  }

  void publish(Event event) {
    events.publish(UUID.randomUUID().toString(), event).await();
  }

  BackupStarted awaitStarted(String backupId) {
    return awaitSaid(backupId, BackupStarted.class, 1).getFirst();
  }

  BackupJobEnded awaitEnded(String backupId) {
    return awaitSaid(backupId, BackupJobEnded.class, 1).getFirst();
  }

  /** Waits until it has said that at least so often. */
  <E extends BackupEvent> List<E> awaitSaid(String backupId, Class<E> type, int times) {
    return await()
        .alias(type.getSimpleName() + " of " + backupId + " among " + heard)
        .atMost(PATIENCE)
        .until(() -> said(backupId, type), said -> said.size() >= times);
  }

  <E extends BackupEvent> List<E> said(String backupId, Class<E> type) {
    return heard.stream()
        .filter(event -> event.backupId().equals(backupId))
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  Domain domain(LabDomain domain) {
    return hypervisor.domain(domain.name()).await().orElseThrow();
  }

  /** A running domain with a metadata image in front of its disk {@code vda}. */
  BlankDomain converted(String name, long diskBytes) throws IOException {
    BlankDomain blank = lab.blankDomain(name, diskBytes);
    Domain domain = domain(blank);
    blank.shutdown();
    Path image = directory.resolve(blank.name() + ".qcow2");
    Path placeholder = directory.resolve(blank.name() + ".placeholder");
    qemuImg(
        "create",
        "-o",
        "data_file=" + placeholder + ",data_file_raw=on",
        image.toString(),
        Long.toString(diskBytes));
    qemuImg("amend", "-o", "data_file=" + blank.rawDisk("vda"), image.toString());
    Files.delete(placeholder);
    hypervisor
        .define(domain.persistentXml().withMetadataImage("vda", image.toString()).text())
        .await();
    blank.start();
    return blank;
  }

  @Override
  public void close() {
    vertx.undeploy(deployment).await();
    events.close().await();
    hypervisor.close().await();
    vertx.close().await();
    broker.close();
    lab.close();
  }

  private String deploy() {
    CheckpointerConfig config = CheckpointerConfig.defaults(directory.resolve("state"), host());
    return vertx.deployVerticle(new CheckpointerVerticle(config, events, hypervisor)).await();
  }

  private Future<Void> hear(BackupEvent event) {
    heard.add(event);
    return Future.succeededFuture();
  }

  private void qemuImg(String action, String... more) {
    List<String> command = new ArrayList<>(List.of("qemu-img", action, "-f", "qcow2"));
    command.addAll(List.of(more));
    new HostCommand(vertx).run("qemu-utils", PATIENCE, command).await();
  }
}

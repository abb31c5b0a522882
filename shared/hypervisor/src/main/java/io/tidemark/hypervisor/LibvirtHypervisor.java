package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A daemon reached through libvirt-java; needs libvirt's client library (libvirt.so.0). */
public final class LibvirtHypervisor implements Hypervisor {
  private final String uri;
  private final DomainEvents events;
  private final LibvirtCalls calls;
  private final Waiting waiting;
  private final BackupJobs backupJobs;
  private final Checkpoints checkpoints;
  private final GuestAgent agent;

  private LibvirtHypervisor(Vertx vertx, String uri) {
    this.uri = uri;
    this.calls = new LibvirtCalls(vertx, uri);
    this.events = new DomainEvents(vertx, calls);
    this.waiting = new Waiting(vertx, Duration.ofMillis(200));
    this.backupJobs = new BackupJobs(calls, waiting);
    this.checkpoints = new Checkpoints(calls);
    this.agent = new GuestAgent(calls);
  }

  /**
   * A hypervisor that connects with the first call.
   *
   * @param uri libvirt's connection URI, for example {@code qemu:///system}
   */
  public static LibvirtHypervisor create(Vertx vertx, String uri) {
    return new LibvirtHypervisor(vertx, uri);
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Future<String> name() {
    return calls.call("tell its host's name", connection -> connection.libvirt().getHostName());
  }

  @Override
  public Future<Long> libVersion() {
    return calls.call("tell its version", connection -> connection.libvirt().getLibVersion());
  }

  @Override
  public Future<List<Domain>> domains() {
    return calls.call("list the domains", DomainReader::readAll);
  }

  @Override
  public Future<Optional<Domain>> domain(String uuidOrName) {
    return calls.call(
        "look up domain " + uuidOrName, connection -> DomainReader.find(connection, uuidOrName));
  }

  @Override
  public Future<Optional<String>> volumePath(String pool, String volume) {
    return calls.call(
        "find volume " + volume + " of pool " + pool,
        connection -> StorageVolumes.path(connection.libvirt(), pool, volume));
  }

  @Override
  public Future<Long> diskSizeBytes(String uuid, String target) {
    return calls.onDomain(
        uuid,
        "tell the size of disk " + target + " of",
        (connection, domain) -> domain.blockInfo(target).getCapacity());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Passwords of the graphics, which {@link #domain} does not tell, are kept from the definition
   * that is replaced, unless the new one sets them.
   */
  @Override
  public Future<Void> define(String domainXml) {
    return calls.call(
        "define the domain",
        connection -> {
          var definition = new DomainXml(domainXml);
          connection.define(
              DomainReader.withSecrets(connection, definition)
                  .map(definition::withPasswordsOf)
                  .orElse(definition)
                  .text());
          return null;
        });
  }

  @Override
  public Future<Void> start(String uuid) {
    return calls.onDomain(uuid, "start", (connection, domain) -> domain.create()).mapEmpty();
  }

  @Override
  public Future<Void> resume(String uuid) {
    return calls.onDomain(
        uuid,
        "resume",
        (connection, domain) -> {
          domain.resume();
          return null;
        });
  }

  @Override
  public Future<Void> shutdown(String uuid, Duration patience) {
    return pressPowerButton(uuid)
        .compose(pressed ->
            waiting
                .until(() -> isOff(uuid), patience, () -> stillOn(uuid, patience))
                .recover(LibvirtHypervisor::goneIsOff));
  }

  @Override
  public Future<Void> beginBackup(String uuid, String backupXml, Optional<String> checkpointXml) {
    return backupJobs.begin(uuid, backupXml, checkpointXml);
  }

  @Override
  public Future<Boolean> backupActive(String uuid) {
    return backupXml(uuid).map(Optional::isPresent);
  }

  @Override
  public Future<Optional<String>> backupXml(String uuid) {
    return backupJobs.xml(uuid);
  }

  @Override
  public Future<Void> abortBackup(String uuid) {
    return backupJobs.abort(uuid);
  }

  @Override
  public Future<List<String>> checkpoints(String uuid) {
    return checkpoints.names(uuid);
  }

  @Override
  public Future<Void> deleteCheckpoint(String uuid, String checkpoint) {
    return checkpoints.delete(uuid, checkpoint);
  }

  @Override
  public Future<Void> freeze(String uuid, Duration patience) {
    return agent.freeze(uuid, patience);
  }

  @Override
  public Future<Void> thaw(String uuid, Duration patience) {
    return agent.thaw(uuid, patience);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Connects at once, and again whenever the connection was lost; what changed meanwhile is not
   * told, so that a listener has to look for itself now and then.
   */
  @Override
  public void onDomainChanged(Handler<String> uuidHandler) {
    events.register(uuidHandler);
  }

  @Override
  public Future<Void> close() {
    return events.close().eventually(calls::close);
  }

  private Future<Void> pressPowerButton(String uuid) {
    return calls.onDomain(
        uuid,
        "shut down",
        (connection, domain) -> {
          if (domain.isActive() == 1) {
            domain.shutdown();
          }
          return null;
        });
  }

  private Future<Boolean> isOff(String uuid) {
    return calls.onDomain(
        uuid, "tell the state of", (connection, domain) -> domain.isActive() == 0);
  }

  private static HypervisorException stillOn(String uuid, Duration patience) {
    return new HypervisorException.TimedOut(
        "Domain %s was asked to power off and still runs after %d s; shut it down from inside"
            .formatted(uuid, patience.toSeconds()),
        null);
  }

  /** A transient domain is gone once it is off. */
  private static Future<Void> goneIsOff(Throwable failure) {
    return failure instanceof HypervisorException.NoSuchDomain
        ? Future.succeededFuture()
        : Future.failedFuture(failure);
  }
}

package io.tidemark.hypervisor;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.libvirt.Connect;
import org.libvirt.Domain.XMLFlags;
import org.libvirt.DomainCheckpoint;
import org.libvirt.DomainCheckpoint.CheckpointDeleteFlags;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * {@link Hypervisor} on libvirt-java. Its calls run on a worker pool of their own, since some block
 * for half a minute when another job holds the domain.
 */
public final class LibvirtHypervisor implements Hypervisor {
  private static final int WORKERS = 8;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration ABORT_PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final String uri;
  private final WorkerExecutor workers;
  private final LibvirtConnection connection;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  private LibvirtHypervisor(Vertx vertx, String uri) {
    this.vertx = vertx;
    this.uri = uri;
    this.workers = vertx.createSharedWorkerExecutor("libvirt " + uri, WORKERS, 5, TimeUnit.MINUTES);
    this.connection =
        new LibvirtConnection(uri, uuid -> listeners.forEach(listener -> listener.accept(uuid)));
  }

  /** A hypervisor that connects when it is first used. */
  public static LibvirtHypervisor create(Vertx vertx, String uri) {
    return new LibvirtHypervisor(vertx, uri);
  }

  /** What to do with a domain's handle. */
  @FunctionalInterface
  private interface DomainCall<T> {
    T on(org.libvirt.Domain domain) throws LibvirtException;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Future<String> name() {
    return call("its host name", Connect::getHostName);
  }

  @Override
  public Future<Long> libVersion() {
    return call("its version", Connect::getLibVersion);
  }

  @Override
  public Future<List<Domain>> domains() {
    return call("listing domains", LibvirtHypervisor::listDomains);
  }

  @Override
  public Future<Optional<Domain>> domain(String uuidOrName) {
    return call(
        "looking up " + uuidOrName,
        connect -> {
          Optional<org.libvirt.Domain> found = lookUp(connect, uuidOrName);
          return found.isPresent() ? Optional.of(describeAndFree(found.get())) : Optional.empty();
        });
  }

  @Override
  public Future<Long> diskSizeBytes(String uuid, String target) {
    return onDomain(
        uuid, "the size of disk " + target, domain -> domain.blockInfo(target).getCapacity());
  }

  @Override
  public Future<Void> define(String domainXml) {
    return call(
        "defining a domain",
        connect -> {
          connect.domainDefineXML(domainXml).free();
          return null;
        });
  }

  @Override
  public Future<Void> start(String uuid) {
    return onDomain(
        uuid,
        "starting it",
        domain -> {
          domain.create();
          return null;
        });
  }

  @Override
  public Future<Void> resume(String uuid) {
    return onDomain(
        uuid,
        "resuming it",
        domain -> {
          domain.resume();
          return null;
        });
  }

  @Override
  public Future<Void> shutdown(String uuid, Duration patience) {
    return this.<Void>onDomain(
            uuid,
            "shutting it down",
            domain -> {
              if (domain.isActive() == 1) {
                domain.shutdown();
              }
              return null;
            })
        .compose(asked ->
            until(
                () -> onDomain(uuid, "its state", domain -> domain.isActive() == 0),
                patience,
                "the guest of domain "
                    + uuid
                    + " did not power off within "
                    + patience.toSeconds()
                    + " s: shut it down from inside, then try again"));
  }

  @Override
  public Future<Void> beginBackup(String uuid, String backupXml, Optional<String> checkpointXml) {
    return onDomain(
        uuid,
        "beginning a backup",
        domain -> {
          // libvirt-java hands null on as "no checkpoint" (virDomainBackupBegin).
          domain.backupBegin(backupXml, checkpointXml.orElse(null), 0);
          return null;
        });
  }

  @Override
  public Future<Boolean> backupActive(String uuid) {
    return backupXml(uuid).map(Optional::isPresent);
  }

  @Override
  public Future<Optional<String>> backupXml(String uuid) {
    return onDomain(uuid, "its backup job", LibvirtHypervisor::backupXmlOf);
  }

  @Override
  public Future<Void> abortBackup(String uuid) {
    return this.<Void>onDomain(
            uuid,
            "ending its backup job",
            domain -> {
              if (backupXmlOf(domain).isPresent()) {
                domain.abortJob();
              }
              return null;
            })
        .compose(asked ->
            until(
                () -> backupActive(uuid).map(active -> !active),
                ABORT_PATIENCE,
                "the backup job of domain " + uuid + " does not end"));
  }

  @Override
  public Future<List<String>> checkpoints(String uuid) {
    return onDomain(uuid, "its checkpoints", domain -> List.of(domain.checkpointListNames()));
  }

  @Override
  public Future<Void> deleteCheckpoint(String uuid, String checkpoint) {
    return onDomain(
        uuid,
        "deleting checkpoint " + checkpoint,
        domain -> {
          deleteCheckpoint(domain, checkpoint);
          return null;
        });
  }

  @Override
  public Future<Void> freeze(String uuid, Duration patience) {
    return agent(uuid, "guest-fsfreeze-freeze", patience);
  }

  @Override
  public Future<Void> thaw(String uuid, Duration patience) {
    return agent(uuid, "guest-fsfreeze-thaw", patience);
  }

  @Override
  public void onDomainChanged(Handler<String> uuidHandler) {
    Context context = vertx.getOrCreateContext();
    listeners.add(uuid -> context.runOnContext(v -> uuidHandler.handle(uuid)));
  }

  @Override
  public Future<Void> close() {
    return workers
        .<Void>executeBlocking(
            () -> {
              connection.close();
              return null;
            },
            false)
        .eventually(workers::close);
  }

  private Future<Void> agent(String uuid, String command, Duration patience) {
    int seconds = (int) Math.max(1, patience.toSeconds());
    return this.<Void>onDomain(
            uuid,
            "the guest agent's " + command,
            domain -> {
              domain.qemuAgentCommand("{\"execute\":\"" + command + "\"}", seconds, 0);
              return null;
            })
        .recover(e ->
            Future.failedFuture(
                new HypervisorException.AgentUnavailable(
                    "the guest agent of domain " + uuid + " does not answer: " + e.getMessage(),
                    e)));
  }

  private <T> Future<T> onDomain(String uuid, String what, DomainCall<T> call) {
    return call(
        "domain " + uuid + ", " + what,
        connect -> {
          org.libvirt.Domain domain = connect.domainLookupByUUIDString(uuid);
          try {
            return call.on(domain);
          } finally {
            domain.free();
          }
        });
  }

  private <T> Future<T> call(String what, LibvirtConnection.Call<T> call) {
    return workers.executeBlocking(() -> connection.call(what, call), false);
  }

  /**
   * Asks again until the answer is yes; fails with {@code otherwise} when the patience is at its
   * end.
   */
  private Future<Void> until(
      Supplier<Future<Boolean>> condition, Duration patience, String otherwise) {
    long deadline = System.nanoTime() + patience.toNanos();
    return condition
        .get()
        .compose(holds -> {
          if (holds) {
            return Future.succeededFuture();
          }
          if (System.nanoTime() >= deadline) {
            return Future.failedFuture(new HypervisorException.TimedOut(otherwise, null));
          }
          Duration left = Duration.ofNanos(deadline - System.nanoTime());
          return vertx.timer(POLL.toMillis()).compose(later -> until(condition, left, otherwise));
        });
  }

  private static List<Domain> listDomains(Connect connect) throws LibvirtException {
    List<Domain> domains = new ArrayList<>();
    for (int id : connect.listDomains()) {
      addIfThere(domains, () -> connect.domainLookupByID(id));
    }
    for (String name : connect.listDefinedDomains()) {
      addIfThere(domains, () -> connect.domainLookupByName(name));
    }
    return List.copyOf(domains);
  }

  @FunctionalInterface
  private interface LookUp {
    org.libvirt.Domain get() throws LibvirtException;
  }

  /** Between listing and looking a domain may go, or start and so be listed twice. */
  private static void addIfThere(List<Domain> domains, LookUp lookUp) throws LibvirtException {
    try {
      Domain domain = describeAndFree(lookUp.get());
      if (domains.stream().noneMatch(known -> known.uuid().equals(domain.uuid()))) {
        domains.add(domain);
      }
    } catch (LibvirtException e) {
      if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)) {
        throw e;
      }
    }
  }

  private static Optional<org.libvirt.Domain> lookUp(Connect connect, String uuidOrName)
      throws LibvirtException {
    try {
      return Optional.of(connect.domainLookupByName(uuidOrName));
    } catch (LibvirtException e) {
      if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)) {
        throw e;
      }
    }
    return lookUpUuid(connect, uuidOrName);
  }

  private static Optional<org.libvirt.Domain> lookUpUuid(Connect connect, String uuid)
      throws LibvirtException {
    try {
      return Optional.of(connect.domainLookupByUUIDString(uuid));
    } catch (LibvirtException e) {
      if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)
          || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_INVALID_ARG)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Domain describeAndFree(org.libvirt.Domain domain) throws LibvirtException {
    try {
      boolean persistent = domain.isPersistent() == 1;
      Optional<DomainXml> live =
          domain.isActive() == 1
              ? Optional.of(new DomainXml(domain.getXMLDesc(0)))
              : Optional.empty();
      DomainXml definition =
          persistent || live.isEmpty()
              ? new DomainXml(domain.getXMLDesc(XMLFlags.INACTIVE))
              : live.get();
      return new Domain(
          domain.getUUIDString(), domain.getName(), stateOf(domain), definition, live);
    } finally {
      domain.free();
    }
  }

  private static Domain.State stateOf(org.libvirt.Domain domain) throws LibvirtException {
    return switch (domain.getInfo().state) {
      case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED -> Domain.State.PAUSED;
      case VIR_DOMAIN_SHUTOFF -> Domain.State.SHUT_OFF;
      case VIR_DOMAIN_CRASHED -> Domain.State.CRASHED;
      default -> Domain.State.RUNNING;
    };
  }

  private static Optional<String> backupXmlOf(org.libvirt.Domain domain) throws LibvirtException {
    try {
      return Optional.of(domain.getBackupXMLDesc(0));
    } catch (LibvirtException e) {
      if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN_BACKUP)
          || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_OPERATION_INVALID)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void deleteCheckpoint(org.libvirt.Domain domain, String name)
      throws LibvirtException {
    // libvirt-java answers null, and not with an exception, when there is no such checkpoint.
    Optional<DomainCheckpoint> found = Optional.ofNullable(domain.checkpointLookupByName(name));
    if (found.isPresent()) {
      delete(found.get());
    }
  }

  private static void delete(DomainCheckpoint checkpoint) throws LibvirtException {
    try {
      checkpoint.delete(0);
    } catch (LibvirtException e) {
      // The bitmap is gone already: libvirt has no code of its own for that, only these words.
      if (!e.getMessage().contains("not found in backing chain")) {
        throw e;
      }
      checkpoint.delete(CheckpointDeleteFlags.METADATA_ONLY);
    } finally {
      checkpoint.free();
    }
  }
}

package io.tidemark.checkpointer;

import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import io.tidemark.hypervisor.Hypervisor;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** One running VM with one disk and a guest agent, whose calls fail when they are told to. */
final class FakeHypervisor implements Hypervisor {
  static final String UUID = "11111111-2222-3333-4444-555555555555";
  private static final DomainXml XML =
      new DomainXml(
          "<domain id='1'><name>web</name><devices>"
              + "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
              + "<source file='/images/vda'/><target dev='vda' bus='virtio'/></disk>"
              + "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'"
              + " state='connected'/></channel></devices></domain>");

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Queue<Supplier<Future<?>>>> troubles = new HashMap<>();
  private volatile Domain.State state = Domain.State.RUNNING;
  private volatile Optional<String> backupXml = Optional.empty();

  /** The next calls of that method fail, one with each of these. */
  void fail(String method, Throwable... failures) {
    for (Throwable failure : failures) {
      trouble(method, () -> Future.failedFuture(failure));
    }
  }

  /** The next call of that method never returns. */
  void hang(String method) {
    trouble(method, () -> Promise.promise().future());
  }

  /** The next call of that method does this, and fails. */
  void fail(String method, Runnable meanwhile, Throwable failure) {
    trouble(
        method,
        () -> {
          meanwhile.run();
          return Future.failedFuture(failure);
        });
  }

  void is(Domain.State now) {
    state = now;
  }

  /** The domain has this backup job now, or none. */
  void runs(Optional<String> job) {
    backupXml = job;
  }

  /** How often a method was called. */
  int calls(String method) {
    synchronized (calls) {
      return Collections.frequency(calls, method);
    }
  }

  @Override
  public Future<Optional<Domain>> domain(String uuidOrName) {
    return call("domain", () -> Optional.of(new Domain(UUID, "web", state, XML, Optional.of(XML))));
  }

  @Override
  public Future<Long> diskSizeBytes(String uuid, String target) {
    return call("diskSizeBytes", () -> 1L << 20);
  }

  @Override
  public Future<Void> resume(String uuid) {
    return call(
        "resume",
        () -> {
          state = Domain.State.RUNNING;
          return null;
        });
  }

  @Override
  public Future<Void> beginBackup(String uuid, String job, Optional<String> checkpointXml) {
    return call(
        "beginBackup",
        () -> {
          backupXml = Optional.of(job);
          return null;
        });
  }

  @Override
  public Future<Optional<String>> volumePath(String pool, String volume) {
    return call("volumePath", Optional::empty);
  }

  @Override
  public Future<Optional<String>> backupXml(String uuid) {
    return call("backupXml", () -> backupXml);
  }

  @Override
  public Future<Void> abortBackup(String uuid) {
    return call(
        "abortBackup",
        () -> {
          backupXml = Optional.empty();
          return null;
        });
  }

  @Override
  public Future<List<String>> checkpoints(String uuid) {
    return call("checkpoints", List::of);
  }

  @Override
  public Future<Void> deleteCheckpoint(String uuid, String checkpoint) {
    return call("deleteCheckpoint", () -> null);
  }

  @Override
  public Future<Void> freeze(String uuid, Duration patience) {
    return call("freeze", () -> null);
  }

  @Override
  public Future<Void> thaw(String uuid, Duration patience) {
    return call("thaw", () -> null);
  }

  @Override
  public String uri() {
    return "fake:///";
  }

  @Override
  public Future<String> name() {
    return Future.succeededFuture("host");
  }

  @Override
  public Future<Boolean> backupActive(String uuid) {
    return backupXml(uuid).map(Optional::isPresent);
  }

  @Override
  public Future<Long> libVersion() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<Domain>> domains() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> define(String domainXml) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> start(String uuid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> shutdown(String uuid, Duration patience) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void onDomainChanged(Handler<String> uuidHandler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private synchronized void trouble(String method, Supplier<Future<?>> trouble) {
    troubles.computeIfAbsent(method, m -> new ArrayDeque<>()).add(trouble);
  }

  private synchronized <T> Future<T> call(String method, Supplier<T> answer) {
    calls.add(method);
    Supplier<Future<?>> trouble = troubles.getOrDefault(method, new ArrayDeque<>()).poll();
    return trouble == null
        ? Future.succeededFuture(answer.get())
        : trouble.get().map(nothing -> answer.get());
  }
}

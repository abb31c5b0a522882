package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One libvirt daemon, asynchronously. Every call runs libvirt's blocking one on a worker thread and
 * completes on the caller's context. A lost connection is made anew by the next call; while the
 * daemon can't be reached calls fail with {@link HypervisorException.Unavailable}. Domains are
 * named by UUID.
 */
public interface Hypervisor {

  /** The connection URI as configured. */
  String uri();

  /**
   * The host name that libvirt reports (virConnectGetHostname): the name of this hypervisor in
   * events.
   */
  Future<String> name();

  /**
   * The libvirt daemon's version, major * 1,000,000 + minor * 1,000 + release
   * (virConnectGetLibVersion).
   */
  Future<Long> libVersion();

  /** Every defined or running domain. */
  Future<List<Domain>> domains();

  /** The domain of that UUID or name, if there is one. */
  Future<Optional<Domain>> domain(String uuidOrName);

  /**
   * The path of a volume on the hypervisor's host; empty if there is no such volume or pool, or the
   * daemon has no storage pools at all.
   */
  Future<Optional<String>> volumePath(String pool, String volume);

  /** The capacity that the guest sees, in bytes (virDomainGetBlockInfo). */
  Future<Long> diskSizeBytes(String uuid, String target);

  /** Defines a domain, or replaces its persistent definition (virDomainDefineXML, validated). */
  Future<Void> define(String domainXml);

  /** Starts a defined domain. */
  Future<Void> start(String uuid);

  /** Lets a paused domain go on. */
  Future<Void> resume(String uuid);

  /**
   * Asks the guest to power off and waits until the domain is shut off; fails with {@link
   * HypervisorException.TimedOut} if it is not by then.
   */
  Future<Void> shutdown(String uuid, Duration patience);

  /**
   * Begins a pull backup, and in the same instant the checkpoint (virDomainBackupBegin).
   *
   * @return fails with {@link HypervisorException.CheckpointBroken} naming the disk if a bitmap is
   *     missing or inconsistent
   */
  Future<Void> beginBackup(String uuid, String backupXml, Optional<String> checkpointXml);

  /**
   * True if the domain has a backup job now, whoever began it; then {@link #backupXml} tells which.
   */
  Future<Boolean> backupActive(String uuid);

  /** The XML of the running backup job (virDomainBackupGetXMLDesc); empty if there is none. */
  Future<Optional<String>> backupXml(String uuid);

  /** Ends the domain's backup job and waits until it is gone; succeeds if there is none. */
  Future<Void> abortBackup(String uuid);

  /** Names of the domain's checkpoints, the suite's own and foreign ones. */
  Future<List<String>> checkpoints(String uuid);

  /**
   * Deletes a checkpoint with its bitmaps, or its metadata alone where the bitmap is already gone;
   * succeeds if it doesn't exist. Needs a running domain, else fails with {@link
   * HypervisorException.Refused}.
   */
  Future<Void> deleteCheckpoint(String uuid, String checkpoint);

  /**
   * Freezes the guest's file systems through its agent; fails with {@link
   * HypervisorException.AgentUnavailable} if it has none that answers in time.
   */
  Future<Void> freeze(String uuid, Duration patience);

  /** Thaws what was frozen; safe to call when nothing is. */
  Future<Void> thaw(String uuid, Duration patience);

  /**
   * Registers for changes of any domain (started, stopped, defined, undefined…); called on the
   * context of the registration.
   */
  void onDomainChanged(Handler<String> uuidHandler);

  /** Closes the connection. */
  Future<Void> close();
}

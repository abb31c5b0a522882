package io.tidemark.hypervisor;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A domain at the moment it was asked for.
 *
 * @param uuid libvirt's UUID
 * @param name libvirt's name
 * @param state what it is doing
 * @param persistentXml the definition that the next start uses; for a transient domain the live one
 * @param liveXml the running machine's XML; empty when it is shut off
 * @param persistent false for a transient domain, which is gone as soon as it is shut off
 * @param managedSave its memory was saved, and its next start goes on from there
 */
public record Domain(
    String uuid,
    String name,
    State state,
    DomainXml persistentXml,
    Optional<DomainXml> liveXml,
    boolean persistent,
    boolean managedSave) {

  /** A persistent domain without a saved state. */
  public Domain(
      String uuid, String name, State state, DomainXml persistentXml, Optional<DomainXml> liveXml) {
    this(uuid, name, state, persistentXml, liveXml, true, false);
  }

  /** What a domain is doing, as far as a backup cares. */
  public enum State {
    RUNNING,
    /** By somebody, or for something that libvirt does with it. */
    PAUSED,
    /** By QEMU, for an I/O error such as a full disk; resumed, it tries the same again. */
    STALLED,
    SHUT_OFF,
    CRASHED
  }

  /** True if QEMU runs for it, so that checkpoints and backups are possible. */
  public boolean active() {
    return liveXml.isPresent();
  }

  /** The XML that is in force: the live one, or the persistent one of a domain that is shut off. */
  public DomainXml currentXml() {
    return liveXml.orElse(persistentXml);
  }

  /** What it is defined as, and what it runs as if it does. */
  public Stream<DomainXml> definitions() {
    return Stream.concat(Stream.of(persistentXml), liveXml.stream());
  }
}

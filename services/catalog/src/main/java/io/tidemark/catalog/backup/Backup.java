package io.tidemark.catalog.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is recorded of a backup, beside its job.
 *
 * @param full every disk is to be read whole
 * @param targets the disks asked for; empty for all
 * @param parent the point that it builds on
 * @param jobEnded its libvirt job is closed
 */
record Backup(
    boolean full,
    List<String> targets,
    Optional<String> parent,
    Optional<String> checkpoint,
    Optional<String> consistency,
    Optional<Instant> instant,
    Optional<String> domainXml,
    boolean jobEnded) {

  Backup {
    targets = List.copyOf(targets);
  }
}

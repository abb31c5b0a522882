package io.tidemark.checkpointer;

import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out whether an open job is still there, and whether it does the guest harm. */
final class JobWatch {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);

  private final Hypervisor hypervisor;
  private final OwnJobs jobs;
  private final HostDirectories directories;

  JobWatch(Hypervisor hypervisor, OwnJobs jobs, HostDirectories directories) {
    this.hypervisor = hypervisor;
    this.jobs = jobs;
    this.directories = directories;
  }

  /**
   * Why the job is no more, or has to be ended, in a sentence; empty if it goes on. Fails while the
   * hypervisor can't be asked.
   */
  Future<Optional<String>> whyLost(JobEntry entry) {
    return hypervisor
        .domain(entry.accepted().domainUuid())
        .compose(found -> {
          if (found.isEmpty() || !found.get().active()) {
            return lost(entry, "was shut off or crashed during its backup: start it and try again");
          }
          Domain domain = found.get();
          return jobs.has(domain.uuid(), entry.id())
              .compose(there ->
                  there
                      ? whyStalled(entry, domain)
                      : lost(
                          entry,
                          "lost its backup job: somebody ended it, or the VM was restarted"));
        });
  }

  /**
   * QEMU pauses a guest whose old data it can't keep any more; ending the job sets it free, and
   * nothing is lost.
   */
  private Future<Optional<String>> whyStalled(JobEntry entry, Domain domain) {
    return domain.state() == Domain.State.STALLED
        ? directories.scratchIsFull().compose(full -> full ? outgrown(entry) : goesOn())
        : goesOn();
  }

  private static Future<Optional<String>> outgrown(JobEntry entry) {
    LOG.error(
        "The scratch space is full and the guest stands still: ending its backup [vm: {}]",
        entry.accepted().domainName());
    return lost(
        entry,
        "wrote more during its backup than the scratch space holds: make room under the host"
            + " directory and try again");
  }

  private static Future<Optional<String>> goesOn() {
    return Future.succeededFuture(Optional.empty());
  }

  private static Future<Optional<String>> lost(JobEntry entry, String why) {
    return Future.succeededFuture(
        Optional.of("VM " + entry.accepted().domainName() + " " + why + "."));
  }
}

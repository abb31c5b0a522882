package io.tidemark.catalog;

import java.time.Duration;

/**
 * How long the catalog waits for others before it gives a job up.
 *
 * @param backupStart from acceptance until the checkpointer has started the backup
 * @param backupPlan from there until the survey is done
 * @param progress without any news of a shard
 * @param stall while workers say that they live, but none has moved a byte
 * @param seal while the repository can't be used, until a backup whose data is all in is given up
 * @param jobEnd from the sealed point, or the failure, until the libvirt job is closed; then the
 *     next backup of the domain is let through all the same
 * @param restoreTarget from acceptance until the targets of a restore are ready
 * @param restorePlan from there until it is cut into shards
 * @param restoreFinish from the last shard until the files are in place
 * @param conversionPlan from the request until a converter has a plan
 * @param conversion from the plan until it is carried out; disks are hashed twice in that time
 * @param verification without progress of a verification
 * @param repositoryCheck how often the repository is looked at
 * @param tick how often deadlines are looked at
 */
public record Timeouts(
    Duration backupStart,
    Duration backupPlan,
    Duration progress,
    Duration stall,
    Duration seal,
    Duration jobEnd,
    Duration restoreTarget,
    Duration restorePlan,
    Duration restoreFinish,
    Duration conversionPlan,
    Duration conversion,
    Duration verification,
    Duration repositoryCheck,
    Duration tick) {

  /** What suits production. */
  public static Timeouts defaults() {
    return new Timeouts(
        Duration.ofSeconds(120),
        Duration.ofSeconds(120),
        Duration.ofSeconds(90),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofSeconds(120),
        Duration.ofSeconds(120),
        Duration.ofSeconds(120),
        Duration.ofMinutes(30),
        Duration.ofSeconds(30),
        Duration.ofHours(24),
        Duration.ofSeconds(60),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1));
  }

  /** What to look at when the extractors of a job got no further; an unfinished sentence. */
  public String noProgress(String what, String hypervisor) {
    return "No extractor reported progress on "
        + what
        + " for "
        + progress.toSeconds()
        + " seconds, or all that worked on it only said that they live for "
        + stall.toSeconds()
        + " seconds. Check that an extractor service runs and reaches Kafka, the repository and"
        + " the NBD exports of "
        + hypervisor;
  }
}

package io.tidemark.catalog.point;

import io.tidemark.repository.GarbageCollector;
import io.tidemark.repository.GarbagePlan;
import io.tidemark.repository.LiveSlots;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.PackUse;
import io.tidemark.repository.Repository;
import io.tidemark.repository.RepositoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of a collection that touches the repository; blocks. */
record GarbageWork(Map<PackId, Long> there, LiveSlots live, GarbagePlan plan, boolean dryRun) {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageWork.class);

  /** A pack is rewritten when at least so much of it is dead. */
  private static final int DEAD_PERCENT = 50;

  /** What was done, and what the packs hold that were rewritten. */
  record Done(GarbageCollection.Report report, List<PackSummary> rewritten) {}

  Done run(Repository repository) {
    GarbageCollector collector = new GarbageCollector(repository);
    long deletedBytes = 0;
    for (PackId pack : plan.deletable()) {
      deletedBytes += dryRun ? there.get(pack) : collector.delete(pack);
    }
    List<PackSummary> rewritten = new ArrayList<>();
    int compacted = 0;
    long compactedBytes = 0;
    TreeSet<String> damaged = new TreeSet<>();
    for (Map.Entry<PackId, Long> entry : there.entrySet()) {
      PackId pack = entry.getKey();
      if (!live.needs(pack)) {
        continue;
      }
      try {
        PackUse use = collector.use(pack, live);
        if (!isWorthIt(use)) {
          continue;
        }
        if (dryRun) {
          compactedBytes += use.deadBytes();
        } else {
          compactedBytes += entry.getValue() - collector.compact(pack, live);
          rewritten.add(repository.summary(pack));
        }
        compacted++;
      } catch (RepositoryException e) {
        LOG.error("A pack can't be rewritten: {} [pack: {}]", e.getMessage(), pack);
        damaged.add(pack.toString());
      }
    }
    GarbageCollection.Report report =
        new GarbageCollection.Report(
            dryRun,
            there.size(),
            plan.deletable().size(),
            deletedBytes,
            compacted,
            compactedBytes,
            plan.waiting().size(),
            List.copyOf(damaged));
    return new Done(report, List.copyOf(rewritten));
  }

  private static boolean isWorthIt(PackUse use) {
    return use.deadBytes() * 100 >= (use.deadBytes() + use.neededBytes()) * DEAD_PERCENT;
  }
}

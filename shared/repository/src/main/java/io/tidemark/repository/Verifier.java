package io.tidemark.repository;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Proves that restore points can be restored: first the structure, then, pack by pack, the blocks.
 * Blocks on the disk. Memory: a bit for each slot that the points need, and an object for each
 * damaged one.
 */
public final class Verifier {

  private final Repository repository;
  private final BlockReader reader;
  private final VerifyPlan plan;
  private final List<String> pointIds;
  private final VerifyListener listener;

  private Verifier(
      Repository repository,
      BlockReader reader,
      VerifyPlan plan,
      List<String> pointIds,
      VerifyListener listener) {
    this.repository = repository;
    this.reader = reader;
    this.plan = plan;
    this.pointIds = pointIds;
    this.listener = listener;
  }

  /**
   * Checks everything that {@code pointIds} need, what they share only once.
   *
   * @return the damage found; a missing or unreadable manifest is damage too
   * @throws NotARepositoryException when the repository is gone: then nothing is known of its
   *     points
   */
  public static VerifyReport verify(
      Repository repository,
      Collection<String> pointIds,
      VerifyPlan plan,
      VerifyListener listener) {
    repository.requirePresent();
    try (PackCache packs = repository.freshPacks()) {
      return new Verifier(
              repository, repository.readerOf(packs), plan, List.copyOf(pointIds), listener)
          .verify();
    }
  }

  private VerifyReport verify() {
    StructureCheck structure = new StructureCheck(repository, reader, Map.of());
    if (plan.mode() == VerifyPlan.Mode.QUICK) {
      structure.check(pointIds, new Progress(listener, diskBytes()));
      return report(structure.damages(), structure.checkedBytes());
    }
    structure.check(pointIds, Progress.untold());
    VerifyState read = readBlocks(structure.needed());
    return report(
        read.bad().isEmpty() ? structure.damages() : located(read.bad()),
        structure.checkedBytes() + read.checkedBytes());
  }

  private static VerifyReport report(List<Damage> damages, long checkedBytes) {
    return new VerifyReport(damages.isEmpty(), checkedBytes, damages);
  }

  private long diskBytes() {
    long bytes = 0;
    for (String pointId : pointIds) {
      try {
        bytes +=
            ManifestTree.all(repository.manifest(pointId)).stream()
                .mapToLong(ManifestTree::sizeBytes)
                .sum();
      } catch (NotARepositoryException e) {
        throw e;
      } catch (RepositoryException e) {
        // The check itself reports it.
      }
    }
    return bytes;
  }

  private VerifyState readBlocks(NeededBlocks needed) {
    Progress progress = new Progress(listener, needed.bytes());
    Pace pace = new Pace(plan.bytesPerSecond());
    VerifyState state = plan.from();
    String done = state.lastPack().map(PackId::toString).orElse("");
    for (PackId pack : needed.packs()) {
      if (pack.toString().compareTo(done) <= 0) {
        progress.advance(needed.bytes(pack));
      } else {
        state = readBlocks(pack, needed, state, progress, pace);
        listener.reached(state);
      }
    }
    return state;
  }

  private VerifyState readBlocks(
      PackId pack, NeededBlocks needed, VerifyState before, Progress progress, Pace pace) {
    List<VerifyState.Bad> bad = new ArrayList<>(before.bad());
    long checked = before.checkedBytes();
    for (Ref ref : reader.refs(pack)) {
      if (needed.contains(pack, ref.slot())) {
        int length = reader.lengthOf(ref);
        try {
          checked += reader.check(ref);
        } catch (RepositoryException e) {
          bad.add(new VerifyState.Bad(ref, reason(repository, e)));
        }
        progress.advance(length);
        pace.read(length);
        listener.step();
      }
    }
    return new VerifyState(Optional.of(pack), bad, checked);
  }

  /** Walks once more, to say of which disks and points the bad blocks are. */
  private List<Damage> located(List<VerifyState.Bad> bad) {
    Map<Ref, String> reasons =
        bad.stream()
            .collect(
                Collectors.toMap(
                    VerifyState.Bad::ref,
                    VerifyState.Bad::reason,
                    (first, second) -> first,
                    LinkedHashMap::new));
    StructureCheck structure = new StructureCheck(repository, reader, reasons);
    structure.check(pointIds, Progress.untold());
    return structure.damages();
  }

  /**
   * What a reader has stumbled over; unless the whole repository is gone, which is no damage but an
   * alarm.
   */
  static String reason(Repository repository, RepositoryException e) {
    repository.requirePresent();
    return e instanceof DamagedDataException damaged ? damaged.problem() : e.getMessage();
  }
}

package io.tidemark.repository;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends blocks whose stored copy is bad with another copy of the same content, which a later backup
 * has stored. Trees can't be mended so: what lies under a damaged node stays lost. Nobody may
 * collect garbage meanwhile. Blocks on the disk.
 */
public final class Healer {

  private static final Logger LOG = LoggerFactory.getLogger(Healer.class);

  private final Repository repository;

  public Healer(Repository repository) {
    this.repository = repository;
  }

  /**
   * What came of it.
   *
   * @param mendedBlocks blocks that are whole again
   * @param after what is still damaged of the points; only blocks of {@code suspects} were read
   */
  public record Healed(int mendedBlocks, VerifyReport after) {}

  /**
   * Mends what can be mended; a pack that can't be read or written does not keep the others from
   * it.
   *
   * @param pointIds the points that are damaged
   * @param suspects the packs whose blocks may be bad
   * @param sources the packs that may hold other copies
   */
  public Healed heal(
      Collection<String> pointIds, Set<PackId> suspects, Collection<PackId> sources) {
    List<String> points = List.copyOf(pointIds);
    int mended = 0;
    try (PackCache packs = repository.freshPacks()) {
      BlockReader reader = repository.readerOf(packs);
      Map<Ref, String> bad = bad(points, suspects, reader);
      Map<Hash, Ref> copies = copies(bad.keySet(), suspects, sources, reader);
      for (Map.Entry<PackId, Map<Integer, Ref>> pack : mends(bad.keySet(), copies).entrySet()) {
        mended += mend(pack.getKey(), pack.getValue(), slots(bad.keySet(), pack.getKey()));
      }
    }
    try (PackCache packs = repository.freshPacks()) {
      return new Healed(mended, check(points, suspects, repository.readerOf(packs)));
    }
  }

  private int mend(PackId pack, Map<Integer, Ref> copies, Set<Integer> bad) {
    try {
      return repository.mend(pack, copies, bad);
    } catch (NotARepositoryException e) {
      throw e;
    } catch (RepositoryException e) {
      LOG.error("A pack could not be mended and stays as it is [pack: {}]", pack, e);
      return 0;
    } finally {
      repository.dropPack(pack);
    }
  }

  private static Set<Integer> slots(Set<Ref> bad, PackId pack) {
    return bad.stream()
        .filter(ref -> ref.pack().equals(pack))
        .map(Ref::slot)
        .collect(Collectors.toSet());
  }

  private VerifyReport check(List<String> points, Set<PackId> suspects, BlockReader reader) {
    StructureCheck structure =
        new StructureCheck(repository, reader, bad(points, suspects, reader));
    structure.check(points, Progress.untold());
    List<Damage> damages = structure.damages();
    return new VerifyReport(damages.isEmpty(), structure.checkedBytes(), damages);
  }

  /** Blocks that the points need and that can't be read, with the reason. */
  private Map<Ref, String> bad(List<String> points, Set<PackId> suspects, BlockReader reader) {
    StructureCheck structure = new StructureCheck(repository, reader, Map.of());
    structure.check(points, Progress.untold());
    Map<Ref, String> bad = new HashMap<>(structure.badBlocks());
    for (PackId pack : structure.needed().packs()) {
      if (suspects.contains(pack)) {
        for (Ref ref : refs(pack, reader)) {
          if (structure.needed().contains(pack, ref.slot())) {
            try {
              reader.check(ref);
            } catch (RepositoryException e) {
              bad.put(ref, Verifier.reason(repository, e));
            }
          }
        }
      }
    }
    return bad;
  }

  /** Where else the content of those blocks is. */
  private static Map<Hash, Ref> copies(
      Set<Ref> bad, Set<PackId> suspects, Collection<PackId> sources, BlockReader reader) {
    Map<Hash, Ref> copies = new HashMap<>();
    Set<Hash> wanted = bad.stream().map(Ref::hash).collect(Collectors.toSet());
    for (PackId pack : sources) {
      if (suspects.contains(pack)) {
        continue;
      }
      for (Ref ref : refs(pack, reader)) {
        if (wanted.contains(ref.hash()) && sound(ref, reader)) {
          copies.putIfAbsent(ref.hash(), ref);
        }
      }
    }
    return copies;
  }

  /** Empty if the footer can't be read: then nothing of the pack is read at all. */
  private static List<Ref> refs(PackId pack, BlockReader reader) {
    try {
      return reader.refs(pack);
    } catch (RepositoryException e) {
      LOG.warn("A pack is of no use for mending: {} [pack: {}]", e.getMessage(), pack);
      return List.of();
    }
  }

  private static boolean sound(Ref ref, BlockReader reader) {
    try {
      return reader.check(ref) > 0;
    } catch (RepositoryException e) {
      return false;
    }
  }

  /** Of each pack the slots that can be mended, with the copy. */
  private static Map<PackId, Map<Integer, Ref>> mends(Set<Ref> bad, Map<Hash, Ref> copies) {
    Map<PackId, Map<Integer, Ref>> mends = new HashMap<>();
    for (Ref ref : bad) {
      Ref copy = copies.get(ref.hash());
      if (copy != null) {
        mends.computeIfAbsent(ref.pack(), pack -> new TreeMap<>()).put(ref.slot(), copy);
      }
    }
    return mends;
  }
}

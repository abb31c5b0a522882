package io.tidemark.converter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files and devices of a host that must not be written to. Its methods block.
 *
 * @param uses real path to what it is, to be read after "is"
 * @param unknown sentences, each on something that may be in use and can't be told where it is
 */
record UsedPaths(Map<Path, String> uses, List<String> unknown) {
  UsedPaths {
    uses = Map.copyOf(uses);
    unknown = List.copyOf(unknown);
  }

  /**
   * What would be harmed if that path were written to, to be read after "is"; a partition's disk
   * and a disk's partition are harmed too.
   *
   * @throws RestoreRefused if it can't be found out
   */
  Optional<String> useOf(Path path) {
    Path real = TargetFile.real(path);
    Optional<String> own = Optional.ofNullable(uses.get(real));
    return own.isPresent()
        ? own
        : DeviceTree.numberOf(real).flatMap(number -> overlap(path, number));
  }

  private Optional<String> overlap(Path path, String number) {
    try {
      DeviceTree tree = DeviceTree.ofHost();
      Set<String> written = tree.overlapping(number);
      Set<Path> files = tree.filesBehind(number);
      return uses.entrySet().stream()
          .filter(used ->
              files.contains(used.getKey())
                  || DeviceTree.numberOf(used.getKey()).filter(written::contains).isPresent())
          .findFirst()
          .map(used -> "a part of, or the whole of, " + used.getKey() + ", " + used.getValue());
    } catch (IOException e) {
      throw new RestoreRefused(path + " can't be looked at: " + TargetFile.why(e), e);
    }
  }
}

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
 * @param devices the host's
 */
record UsedPaths(Map<Path, String> uses, List<String> unknown, DeviceTree devices) {
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
    if (own.isPresent()) {
      return own;
    }
    try {
      Optional<String> number = DeviceTree.numberOf(real);
      return number.isPresent() ? overlap(number.get()) : behindADevice(real);
    } catch (IOException e) {
      throw new RestoreRefused(path + " can't be looked at: " + TargetFile.why(e), e);
    }
  }

  private Optional<String> overlap(String number) throws IOException {
    Set<String> written = devices.overlapping(number);
    Set<Path> files = devices.filesBehind(number);
    return uses.entrySet().stream()
        .filter(used ->
            files.contains(used.getKey())
                || DeviceTree.numberOf(used.getKey()).filter(written::contains).isPresent())
        .findFirst()
        .map(used -> "a part of, or the whole of, " + used.getKey() + ", " + used.getValue());
  }

  private Optional<String> behindADevice(Path file) throws IOException {
    for (Map.Entry<Path, String> used : uses.entrySet()) {
      Optional<String> number = DeviceTree.numberOf(used.getKey());
      if (number.isPresent() && devices.filesBehind(number.get()).contains(file)) {
        return Optional.of("behind " + used.getKey() + ", " + used.getValue());
      }
    }
    return Optional.empty();
  }
}

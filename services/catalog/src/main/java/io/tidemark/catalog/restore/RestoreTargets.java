package io.tidemark.catalog.restore;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointDisk;
import io.tidemark.catalog.point.PointState;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreRequested;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Decides which disk of a restore point is written where. */
final class RestoreTargets {
  private RestoreTargets() {}

  sealed interface Verdict {}

  /**
   * It can be done.
   *
   * @param domainXmlPath where the domain XML is written, if a directory was asked for
   */
  record Planned(Point point, List<RestoreDisk> disks, Optional<String> domainXmlPath)
      implements Verdict {
    Planned {
      disks = List.copyOf(disks);
    }
  }

  /** It can't; the reason is a sentence that says what to do. */
  record Refused(Refusal.Kind kind, String reason) implements Verdict {}

  static Verdict of(RestoreRequested request, Optional<Point> found, RestoreRoots roots) {
    if (found.filter(point -> point.state().present()).isEmpty()) {
      return new Refused(
          Refusal.Kind.NOT_FOUND,
          "There is no restore point '" + request.pointId() + "': look at the list of points.");
    }
    Point point = found.get();
    if (point.state() == PointState.DAMAGED) {
      return new Refused(
          Refusal.Kind.CONFLICT,
          "Restore point "
              + point.id()
              + " is damaged: restore another one, or verify it again if the repository was"
              + " mended.");
    }
    if (request.directory().isPresent() == !request.disks().isEmpty()) {
      return new Refused(
          Refusal.Kind.INVALID,
          "A restore needs either a directory or a path for each disk: name one of the two.");
    }
    Verdict verdict =
        request
            .directory()
            .map(directory -> intoDirectory(point, directory))
            .orElseGet(() -> toPaths(point, request.disks()));
    return verdict instanceof Planned planned ? within(roots, planned) : verdict;
  }

  private static Verdict within(RestoreRoots roots, Planned planned) {
    return Stream.concat(
            planned.disks().stream().map(RestoreDisk::path), planned.domainXmlPath().stream())
        .flatMap(path -> roots.refusal(Path.of(path)).stream())
        .findFirst()
        .<Verdict>map(reason -> new Refused(Refusal.Kind.INVALID, reason))
        .orElse(planned);
  }

  private static Verdict intoDirectory(Point point, String directory) {
    Optional<Path> base = absolute(directory);
    if (base.isEmpty()) {
      return notAbsolute("directory", directory);
    }
    String name = fileName(point.vm());
    List<RestoreDisk> disks =
        point.disks().stream()
            .map(disk ->
                restoreDisk(
                    disk, base.get().resolve(name + "-" + fileName(disk.target()) + ".raw")))
            .toList();
    return new Planned(point, disks, Optional.of(base.get().resolve(name + ".xml").toString()));
  }

  private static Verdict toPaths(Point point, Map<String, String> paths) {
    List<RestoreDisk> disks = new ArrayList<>();
    Set<Path> used = new HashSet<>();
    for (Map.Entry<String, String> entry : paths.entrySet()) {
      Optional<PointDisk> disk = point.disk(entry.getKey());
      if (disk.isEmpty()) {
        return new Refused(
            Refusal.Kind.INVALID,
            "Restore point "
                + point.id()
                + " has no disk '"
                + entry.getKey()
                + "': it has "
                + String.join(", ", point.disks().stream().map(PointDisk::target).toList())
                + ".");
      }
      Optional<Path> path = absolute(entry.getValue());
      if (path.isEmpty()) {
        return notAbsolute("path for disk " + entry.getKey(), entry.getValue());
      }
      if (!used.add(path.get())) {
        return new Refused(
            Refusal.Kind.INVALID,
            "Two disks can't both be written to " + path.get() + ": name a path for each.");
      }
      disks.add(restoreDisk(disk.get(), path.get()));
    }
    return new Planned(point, disks, Optional.empty());
  }

  private static RestoreDisk restoreDisk(PointDisk disk, Path path) {
    return new RestoreDisk(disk.target(), disk.sizeBytes(), disk.root(), path.toString());
  }

  private static Refused notAbsolute(String what, String text) {
    return new Refused(
        Refusal.Kind.INVALID,
        "The " + what + " has to be an absolute path on the hypervisor, not '" + text + "'.");
  }

  private static Optional<Path> absolute(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A name from outside as one component of a path. */
  private static String fileName(String name) {
    String plain = name.replaceAll("[/\\x00-\\x1f]", "_");
    return plain.matches("\\.*") ? "_" + plain : plain;
  }
}

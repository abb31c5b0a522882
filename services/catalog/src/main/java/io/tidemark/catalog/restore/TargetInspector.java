package io.tidemark.catalog.restore;

import io.tidemark.catalog.restore.RestorePreview.Action;
import io.tidemark.catalog.restore.RestorePreview.Existing;
import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Looks at what is where a restore would write. Only reads; blocks. */
final class TargetInspector {
  private final RestoreRoots roots;
  private final boolean sees;

  /**
   * @param sees whether the hypervisor's files are this host's
   */
  TargetInspector(RestoreRoots roots, boolean sees) {
    this.roots = roots;
    this.sees = sees;
  }

  /**
   * @param used path of each disk that a VM uses, to the VM's name
   */
  RestorePreview.Target inspect(RestoreDisk disk, boolean overwrite, Map<String, String> used) {
    Path path = Path.of(disk.path());
    Existing existing = existing(path);
    Optional<Long> size = size(path, existing);
    Optional<String> refusal =
        use(path, used)
            .or(() -> sees ? roots.refusalOfReal(written(path, existing)) : Optional.empty())
            .or(() -> conflict(path, existing, overwrite))
            .or(() -> tooSmall(disk, path, existing, size));
    boolean replaces =
        existing == Existing.FILE
            || existing == Existing.BLOCK_DEVICE
            || (existing == Existing.UNKNOWN && overwrite);
    Action action =
        refusal.isPresent() ? Action.REFUSE : replaces ? Action.OVERWRITE : Action.CREATE;
    return new RestorePreview.Target(
        disk.target(),
        disk.path(),
        disk.sizeBytes(),
        existing,
        size,
        action,
        refusal.or(() -> unseen(path, existing, overwrite)));
  }

  /** What is decided only where the target is. */
  private static Optional<String> unseen(Path path, Existing existing, boolean overwrite) {
    if (existing != Existing.UNKNOWN) {
      return Optional.empty();
    }
    return Optional.of(
        overwrite
            ? path
                + " is on another host: whatever is there when the restore starts is overwritten."
            : path
                + " is on another host: it is created only if nothing is there when the restore"
                + " starts; else the restore is refused, unless you allow to overwrite"
                + " (--overwrite).");
  }

  private Existing existing(Path path) {
    if (!sees) {
      return Existing.UNKNOWN;
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Existing.NONE;
    }
    if (Files.isRegularFile(path)) {
      return Existing.FILE;
    }
    return Files.exists(path) && !Files.isDirectory(path) && real(path).startsWith("/dev")
        ? Existing.BLOCK_DEVICE
        : Existing.OTHER;
  }

  private Optional<String> use(Path path, Map<String, String> used) {
    return Optional.ofNullable(used.get(path.toString()))
        .or(() -> Optional.ofNullable(sees ? used.get(real(path).toString()) : null))
        .map(vm -> path + " is a disk of VM " + vm + ": restore to another file or device.");
  }

  private static Optional<String> conflict(Path path, Existing existing, boolean overwrite) {
    if (existing == Existing.OTHER) {
      return Optional.of(path + " is no file or block device: name one.");
    }
    if (overwrite) {
      return Optional.empty();
    }
    return switch (existing) {
      case FILE ->
          Optional.of(
              path + " exists: choose another name, or allow to overwrite it (--overwrite).");
      case BLOCK_DEVICE ->
          Optional.of(
              path
                  + " is a block device: its content is overwritten only if you allow to overwrite"
                  + " (--overwrite).");
      default -> Optional.empty();
    };
  }

  private static Optional<String> tooSmall(
      RestoreDisk disk, Path path, Existing existing, Optional<Long> size) {
    return size.filter(bytes -> existing == Existing.BLOCK_DEVICE && bytes < disk.sizeBytes())
        .map(bytes ->
            path
                + " has "
                + bytes
                + " bytes, too few for "
                + disk.sizeBytes()
                + ": name a larger device.");
  }

  private static Optional<Long> size(Path path, Existing existing) {
    if (existing != Existing.FILE && existing != Existing.BLOCK_DEVICE) {
      return Optional.empty();
    }
    // A device's size is where its end is; Files.size says 0 of it.
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      return Optional.of(file.length());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * What is really written: a file takes its name in its directory, whatever link had that name,
   * and a device is written through every link to it. Names below /dev are links that the host
   * itself made.
   */
  private static Path written(Path path, Existing existing) {
    boolean through = existing == Existing.BLOCK_DEVICE && !path.startsWith("/dev");
    return through || path.getParent() == null
        ? real(path)
        : real(path.getParent()).resolve(path.getFileName());
  }

  private static Path real(Path path) {
    return RestoreRoots.real(path);
  }
}

package io.tidemark.bench;

import io.tidemark.lab.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The command lines of other tools, as their users would type them. */
final class ForeignTools {
  private final Lab lab;
  private final Path directory;
  private final String labScript;
  private final MeteredCommand command;

  ForeignTools(Lab lab, Path directory, String labScript) {
    this.lab = lab;
    this.directory = directory;
    this.labScript = labScript;
    this.command = new MeteredCommand(directory);
  }

  /** {@code nbdcopy} to nowhere: the limit of reading. */
  Contestant nbdcopyToNull(BenchVm vm) {
    return new Contestant(
        "nbdcopy to null", () -> ofExport(vm, uri -> List.of("nbdcopy", uri, "null:")));
  }

  /** {@code nbdcopy} to a file; not synced. */
  Contestant nbdcopyToFile(BenchVm vm) {
    return stored(
        "nbdcopy to a file",
        folder -> ofExport(vm, uri -> List.of("nbdcopy", uri, folder.file("copy.raw").toString())));
  }

  /** A qcow2 image compressed with zstd. */
  Contestant qemuImg(BenchVm vm) {
    return stored(
        "qemu-img convert -c (zstd)",
        folder ->
            ofExport(
                vm,
                uri ->
                    inLab(
                        "qemu-img",
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        "qcow2",
                        "-c",
                        "-o",
                        "compression_type=zstd",
                        uri,
                        folder.file("copy.qcow2").toString())));
  }

  /** A new restic repository, fed by {@code nbdcopy}. */
  Contestant restic(BenchVm vm) {
    return stored(
        "nbdcopy | restic backup",
        folder -> {
          String repository = folder.file("restic").toString();
          command.run(
              List.of(
                  "env", "RESTIC_PASSWORD=x", "restic", "--no-cache", "init", "-r", repository));
          return ofExport(
              vm,
              uri ->
                  List.of(
                      "sh",
                      "-c",
                      "nbdcopy '"
                          + uri
                          + "' - | RESTIC_PASSWORD=x restic --no-cache -q backup --stdin -r '"
                          + repository
                          + "'"));
        });
  }

  /** {@code virtnbdbackup -l full}, plain or with {@code -z}. */
  Contestant virtnbdbackupFull(BenchVm vm, boolean compressed) {
    Folder folder = virtnbd(vm, compressed);
    return new Contestant(
        "virtnbdbackup" + (compressed ? " -z" : ""),
        () -> {
          folder.fresh();
          Usage usage =
              command.run(virtnbdbackup(vm, folder, "full", compressed)).madeDurable(folder);
          return usage.withStoredBytes(folder.storedBytes());
        });
  }

  /** An incremental on top of the last full. */
  Usage virtnbdbackupIncremental(BenchVm vm, boolean compressed) {
    Folder folder = virtnbd(vm, compressed);
    long before = folder.storedBytes();
    Usage usage = command.run(virtnbdbackup(vm, folder, "inc", compressed)).madeDurable(folder);
    return usage.withStoredBytes(folder.storedBytes() - before);
  }

  /** Restores what {@code virtnbdbackup} kept last. */
  Contestant virtnbdrestore(BenchVm vm, boolean compressed) {
    return new Contestant(
        "virtnbdrestore" + (compressed ? " from -z" : ""),
        () -> {
          Folder target = new Folder(directory.resolve("restored")).fresh();
          Usage usage =
              command
                  .run(
                      inLab(
                          "virtnbdrestore",
                          "-i",
                          virtnbd(vm, compressed).path().toString(),
                          "-o",
                          target.path().toString()))
                  .madeDurable(target);
          target.remove();
          return usage;
        });
  }

  /** Unpacks a qcow2 image that {@code qemu-img} packed. */
  Contestant qemuImgBack(BenchVm vm) {
    Folder packed = new Folder(directory.resolve(vm.name() + "-packed"));
    return new Contestant(
        "qemu-img convert back",
        () -> {
          Path image = packed.file("copy.qcow2");
          if (!image.toFile().exists()) {
            packed.fresh();
            Usage unused =
                command.run(
                    inLab(
                        "qemu-img",
                        "convert",
                        "-U",
                        "-f",
                        "raw",
                        "-O",
                        "qcow2",
                        "-c",
                        "-o",
                        "compression_type=zstd",
                        vm.domain().rawDisk("vda").toString(),
                        image.toString()));
          }
          Folder target = new Folder(directory.resolve("restored")).fresh();
          Usage usage =
              command
                  .run(
                      inLab(
                          "qemu-img",
                          "convert",
                          "-O",
                          "raw",
                          image.toString(),
                          target.file("vda.raw").toString()))
                  .madeDurable(target);
          target.remove();
          return usage;
        });
  }

  private List<String> virtnbdbackup(BenchVm vm, Folder folder, String level, boolean compressed) {
    List<String> arguments =
        new ArrayList<>(
            List.of("virtnbdbackup", "-d", vm.name(), "-l", level, "-o", folder.path().toString()));
    if (compressed) {
      arguments.add("-z");
    }
    return inLab(arguments.toArray(String[]::new));
  }

  private Folder virtnbd(BenchVm vm, boolean compressed) {
    return new Folder(directory.resolve(vm.name() + (compressed ? "-virtnbd-z" : "-virtnbd")));
  }

  private Contestant stored(String name, Function<Folder, Usage> work) {
    return new Contestant(
        name,
        () -> {
          Folder folder = new Folder(directory.resolve("stored")).fresh();
          Usage usage = work.apply(folder).madeDurable(folder);
          long stored = folder.storedBytes();
          folder.remove();
          return usage.withStoredBytes(stored);
        });
  }

  private Usage ofExport(BenchVm vm, Function<String, List<String>> line) {
    try (PullBackup backup = PullBackup.begin(lab, vm.domain(), directory)) {
      return command.run(line.apply(backup.uri()));
    }
  }

  /** A command line that runs where the hypervisor does. */
  private List<String> inLab(String... arguments) {
    List<String> line =
        new ArrayList<>(List.of(labScript, "--dir", lab.directory().toString(), "run"));
    line.addAll(List.of(arguments));
    return line;
  }
}

package io.tidemark.bench;

import io.tidemark.lab.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What can be compared; each case makes its own VMs when it is asked for. */
final class Cases {
  private static final int BLOCK = 64 << 10;
  private static final long GIB = 1L << 30;

  private final Lab lab;
  private final Suite suite;
  private final Path directory;
  private final ForeignTools tools;
  private final long sizeBytes;

  /**
   * @param sizeBytes of the disks that are full of data
   */
  Cases(Lab lab, Suite suite, Path directory, ForeignTools tools, long sizeBytes) {
    this.lab = lab;
    this.suite = suite;
    this.directory = directory;
    this.tools = tools;
    this.sizeBytes = sizeBytes;
  }

  /** All cases by name, in the order in which they run. */
  Map<String, Supplier<Case>> all() {
    Map<String, Supplier<Case>> cases = new java.util.LinkedHashMap<>();
    cases.put("half", () -> full("half", DiskContent.HALF, sizeBytes));
    cases.put("pages", () -> full("pages", DiskContent.HALF_PAGES, sizeBytes));
    cases.put("random", () -> full("random", DiskContent.RANDOM, sizeBytes));
    cases.put("empty", () -> full("empty", DiskContent.MOSTLY_EMPTY, 10 * GIB));
    cases.put("scattered", () -> incremental("scattered", (int) (sizeBytes / BLOCK / 100)));
    cases.put("tiny", () -> incremental("tiny", 1));
    cases.put("restore", this::restore);
    return cases;
  }

  private Case full(String name, DiskContent content, long bytes) {
    BenchVm ours = vm(name, content, bytes);
    BenchVm theirs = vm(name + "-v", content, bytes);
    List<Contestant> contestants =
        List.of(
            tools.nbdcopyToNull(ours),
            tools.nbdcopyToFile(ours),
            tools.qemuImg(ours),
            tools.restic(ours),
            tools.virtnbdbackupFull(theirs, false),
            tools.virtnbdbackupFull(theirs, true),
            new Contestant(
                "tidemark backup",
                true,
                () -> {
                  Suite.Point point = suite.backup(ours.name(), "full");
                  suite.forget(point.id());
                  return point.usage();
                }));
    return new Case(
        "full backup, " + name,
        bytes,
        contestants,
        content == DiskContent.MOSTLY_EMPTY ? List.of() : List.of(ours),
        List.of(usage -> moved(ours, bytes, usage.storedBytes().orElseThrow())));
  }

  private StorageCopy moved(BenchVm vm, long readBytes, long writtenBytes) {
    return new StorageCopy(
        vm.domain().rawDisk("vda"),
        readBytes,
        new Folder(directory.resolve("moved")),
        writtenBytes);
  }

  private Case incremental(String name, int blocks) {
    BenchVm ours = vm(name, DiskContent.HALF, sizeBytes);
    BenchVm plain = vm(name + "-v", DiskContent.HALF, sizeBytes);
    BenchVm packed = vm(name + "-z", DiskContent.HALF, sizeBytes);
    suite.backup(ours.name(), "full");
    List<Contestant> first =
        List.of(tools.virtnbdbackupFull(plain, false), tools.virtnbdbackupFull(packed, true));
    first.forEach(contestant -> contestant.work().run());
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(
        dirty("virtnbdbackup", plain, blocks, () -> tools.virtnbdbackupIncremental(plain, false)));
    contestants.add(
        dirty(
            "virtnbdbackup -z",
            packed,
            blocks,
            () -> tools.virtnbdbackupIncremental(packed, true)));
    contestants.add(
        dirty("tidemark backup", ours, blocks, () -> suite.backup(ours.name(), "auto").usage()));
    return new Case(
        "incremental, " + blocks + " blocks of 64 KiB",
        (long) blocks * BLOCK,
        contestants,
        List.of(),
        List.of());
  }

  private Case restore() {
    BenchVm ours = vm("restore", DiskContent.HALF, sizeBytes);
    BenchVm plain = vm("restore-v", DiskContent.HALF, sizeBytes);
    BenchVm packed = vm("restore-z", DiskContent.HALF, sizeBytes);
    tools.virtnbdbackupFull(plain, false).work().run();
    tools.virtnbdbackupFull(packed, true).work().run();
    Suite.Point point = suite.backup(ours.name(), "full");
    long storedBytes = point.usage().storedBytes().orElseThrow();
    return new Case(
        "restore of a full backup, half",
        sizeBytes,
        List.of(
            tools.qemuImgBack(ours),
            tools.virtnbdrestore(plain, false),
            tools.virtnbdrestore(packed, true),
            new Contestant(
                "tidemark restore",
                true,
                () -> {
                  Folder target = new Folder(directory.resolve("tidemark-restored")).fresh();
                  Usage usage = suite.restore(point.id(), target.path());
                  target.remove();
                  return usage;
                })),
        List.of(),
        List.of(usage -> moved(ours, storedBytes, sizeBytes)));
  }

  private Contestant dirty(String name, BenchVm vm, int blocks, Supplier<Usage> work) {
    return new Contestant(
        name,
        () -> {
          vm.scatter(blocks, sizeBytes);
          return work.get();
        });
  }

  private BenchVm vm(String name, DiskContent content, long bytes) {
    return BenchVm.create(lab, suite, directory, name, content, bytes);
  }
}

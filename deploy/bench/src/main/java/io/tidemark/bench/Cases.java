package io.tidemark.bench;

import io.tidemark.lab.Lab;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes the VMs of a case, and what is done with them. */
final class Cases {
  private static final int BLOCK = 64 << 10;
  private static final long EMPTY_BYTES = 10L << 30;

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

  Case of(Comparison comparison) {
    int hundredth = (int) (sizeBytes / BLOCK / 100);
    return switch (comparison) {
      case HALF -> full("half", DiskContent.HALF);
      case PAGES -> full("pages", DiskContent.HALF_PAGES);
      case RANDOM -> full("random", DiskContent.RANDOM);
      case EMPTY -> full("empty", DiskContent.MOSTLY_EMPTY);
      case SCATTERED -> incremental("scattered", hundredth);
      case TINY -> incremental("tiny", 1);
      case RESTORE_HALF -> restore("half", DiskContent.HALF);
      case RESTORE_PAGES -> restore("pages", DiskContent.HALF_PAGES);
      case RESTORE_RANDOM -> restore("random", DiskContent.RANDOM);
      case RESTORE_EMPTY -> restore("empty", DiskContent.MOSTLY_EMPTY);
      case RESTORE_SCATTERED -> restoreChain("scattered", hundredth);
    };
  }

  private Case full(String name, DiskContent content) {
    long bytes = sizeOf(content);
    BenchVm ours = vm(name, content);
    BenchVm theirs = vm(name + "-v", content);
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
        floorOf(content, ours),
        floorOf(content, ours)
            .map(vm -> usage -> moved(vm, bytes, usage.storedBytes().orElseThrow())));
  }

  private Case incremental(String name, int blocks) {
    BenchVm ours = vm(name, DiskContent.HALF);
    BenchVm plain = vm(name + "-v", DiskContent.HALF);
    BenchVm packed = vm(name + "-z", DiskContent.HALF);
    suite.backup(ours.name(), "full");
    List<Contestant> contestants =
        List.of(
            theirIncremental(plain, false, blocks).after(tools.virtnbdbackupFull(plain, false)),
            theirIncremental(packed, true, blocks).after(tools.virtnbdbackupFull(packed, true)),
            new Contestant(
                "tidemark backup",
                () -> {
                  ours.scatter(blocks, sizeBytes);
                  return suite.backup(ours.name(), "auto").usage();
                }));
    return new Case(
        "incremental, " + blocks + " blocks of 64 KiB",
        (long) blocks * BLOCK,
        contestants,
        Optional.empty(),
        Optional.empty());
  }

  private Case restore(String name, DiskContent content) {
    BenchVm ours = vm("restore-" + name, content);
    BenchVm plain = vm("restore-" + name + "-v", content);
    BenchVm packed = vm("restore-" + name + "-z", content);
    Suite.Point point = suite.backup(ours.name(), "full");
    long storedBytes = point.usage().storedBytes().orElseThrow();
    return new Case(
        "restore of a full backup, " + name,
        sizeOf(content),
        List.of(
            tools.qemuImgBack(ours),
            tools.virtnbdrestore(plain, false).after(tools.virtnbdbackupFull(plain, false)),
            tools.virtnbdrestore(packed, true).after(tools.virtnbdbackupFull(packed, true)),
            ourRestore(point)),
        Optional.empty(),
        floorOf(content, ours).map(vm -> usage -> moved(vm, storedBytes, sizeBytes)));
  }

  private Case restoreChain(String name, int blocks) {
    BenchVm ours = vm("restore-" + name, DiskContent.HALF);
    BenchVm plain = vm("restore-" + name + "-v", DiskContent.HALF);
    BenchVm packed = vm("restore-" + name + "-z", DiskContent.HALF);
    suite.backup(ours.name(), "full");
    ours.scatter(blocks, sizeBytes);
    Suite.Point point = suite.backup(ours.name(), "auto");
    return new Case(
        "restore of a full backup and an incremental one of " + blocks + " blocks of 64 KiB",
        sizeBytes,
        List.of(
            tools
                .virtnbdrestore(plain, false)
                .after(tools.virtnbdbackupFull(plain, false))
                .after(theirIncremental(plain, false, blocks)),
            tools
                .virtnbdrestore(packed, true)
                .after(tools.virtnbdbackupFull(packed, true))
                .after(theirIncremental(packed, true, blocks)),
            ourRestore(point)),
        Optional.empty(),
        Optional.empty());
  }

  private Contestant ourRestore(Suite.Point point) {
    return new Contestant(
        "tidemark restore",
        true,
        () -> {
          Folder target = new Folder(directory.resolve("tidemark-restored")).fresh();
          Usage usage = suite.restore(point.id(), target.path());
          target.remove();
          return usage;
        });
  }

  private Contestant theirIncremental(BenchVm vm, boolean compressed, int blocks) {
    return new Contestant(
        "virtnbdbackup" + (compressed ? " -z" : ""),
        () -> {
          vm.scatter(blocks, sizeBytes);
          return tools.virtnbdbackupIncremental(vm, compressed);
        });
  }

  /** The least that processors and disks take says something only of a disk that is full. */
  private static Optional<BenchVm> floorOf(DiskContent content, BenchVm vm) {
    return Optional.of(vm).filter(full -> content != DiskContent.MOSTLY_EMPTY);
  }

  private StorageCopy moved(BenchVm vm, long readBytes, long writtenBytes) {
    return new StorageCopy(
        vm.domain().rawDisk("vda"),
        readBytes,
        new Folder(directory.resolve("moved")),
        writtenBytes);
  }

  private long sizeOf(DiskContent content) {
    return content == DiskContent.MOSTLY_EMPTY ? EMPTY_BYTES : sizeBytes;
  }

  private BenchVm vm(String name, DiskContent content) {
    return BenchVm.create(lab, suite, directory, name, content, sizeOf(content));
  }
}

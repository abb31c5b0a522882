package io.tidemark.demo;

import io.tidemark.cli.ApiClient;
import io.tidemark.cli.CliFailure;
import io.tidemark.cli.JobWatcher;
import io.tidemark.cli.Json;
import io.tidemark.cli.Terminal;
import io.tidemark.cli.TextTable;
import io.tidemark.cli.Units;
import io.tidemark.cli.Views;
import io.tidemark.lab.LabGuest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The story: convert, full backup, incrementals under load and over a power cycle, restore and
 * proof of each point.
 */
final class DemoStory {
  private static final String DISK = "vda";

  private final Narrator narrator;
  private final Terminal terminal;
  private final ApiClient api;
  private final LabGuest guest;
  private final Path directory;
  private final Json json = new Json();
  private final List<Chapter> chapters = new ArrayList<>();

  /** A restore point with what the guest said at its instant. */
  private record Chapter(Views.Point point, String checksums) {}

  DemoStory(Narrator narrator, Terminal terminal, ApiClient api, LabGuest guest, Path directory) {
    this.narrator = narrator;
    this.terminal = terminal;
    this.api = api;
    this.guest = guest;
    this.directory = directory;
  }

  /**
   * Tells it. Fails with {@link DemoFailure} or {@link CliFailure} at the first thing that doesn't
   * hold.
   */
  void tell() {
    GuestFiles files = new GuestFiles(guest);
    narrator.step("The guest writes its first files", files::writeFirst);
    narrator.step("The inventory finds the VM", this::find);
    convert();
    backUp("First backup: everything is read, only data is stored", "full", files);
    narrator.step(
        "The guest writes, deletes, zeroes and trims files", files::writeDeleteTrimAndZero);
    files.keepWriting();
    backUp("Incremental backup while the guest keeps writing", "incremental", files);
    files.stopWriting();
    narrator.step("Power cycle of the VM", this::powerCycle);
    files.append("after-reboot");
    backUp("Incremental backup: the bitmap survived the power cycle", "incremental", files);
    narrator.line("");
    restoreAll();
  }

  private void find() {
    Views.VmDisk disk = awaitDisk("convertible");
    narrator.fact(
        guest.name() + " " + DISK + " (" + Units.bytes(disk.sizeBytes()) + "): " + disk.reason());
  }

  private void convert() {
    Views.Conversion done =
        narrator.step(
            "The converter puts a metadata image in front of the raw disk (the VM is restarted"
                + " for it)",
            () ->
                result(
                    "conversions",
                    Map.of("vm", guest.name(), "mode", "apply", "restart", true),
                    Views.Conversion.class));
    for (Views.ConvertedDisk disk : done.disks()) {
      narrator.fact("SHA-256 of the raw disk before: " + disk.sha256Before().orElse("?"));
      narrator.fact("                         after: " + disk.sha256After().orElse("?"));
      require(
          disk.sha256Before().isPresent() && disk.sha256Before().equals(disk.sha256After()),
          "the raw disk is not the same after the conversion");
    }
    awaitDisk("protected");
  }

  private void backUp(String what, String kind, GuestFiles files) {
    String checksums = files.checksums();
    Views.Point point =
        narrator.step(
            what,
            () -> result("backups", Map.of("vm", guest.name(), "kind", "auto"), Views.Point.class));
    require(kind.equals(point.kind()), "the backup was " + point.kind() + ", not " + kind);
    narrator.fact(
        Units.shortId(point.id())
            + ": "
            + point.kind()
            + ", read "
            + Units.bytes(point.readBytes())
            + ", changed "
            + Units.bytes(point.changedBytes())
            + ", stored "
            + Units.bytes(point.storedBytes()));
    chapters.add(new Chapter(point, checksums));
  }

  private void powerCycle() {
    guest.shutdown();
    guest.start();
  }

  private void restoreAll() {
    TextTable table =
        new TextTable(
            "POINT", "KIND", "READ", "CHANGED", "STORED", "BACKUP", "RESTORE", "e2fsck", "FILES");
    for (Chapter chapter : chapters) {
      Views.Point point = chapter.point();
      long begin = System.nanoTime();
      long files =
          narrator.step(
              "Restore " + Units.shortId(point.id()) + " to a new raw file, and prove it",
              () -> restoreAndProve(chapter));
      long restored = (System.nanoTime() - begin) / 1_000_000;
      table.row(
          Units.shortId(point.id()),
          point.kind(),
          Units.bytes(point.readBytes()),
          Units.bytes(point.changedBytes()),
          Units.bytes(point.storedBytes()),
          Units.millis(point.durationMillis()),
          Units.millis(restored),
          "clean",
          files + " equal");
    }
    narrator.line("");
    table.print(terminal);
  }

  private long restoreAndProve(Chapter chapter) {
    Path target = directory.resolve(Units.shortId(chapter.point().id()));
    result(
        "restores",
        Map.of("point", chapter.point().id(), "directory", target.toString()),
        Views.Restored.class);
    Path disk = target.resolve(guest.name() + "-" + DISK + ".raw");
    RestoreProof.checkFileSystem(disk);
    String restored = RestoreProof.checksums(disk, target.resolve("extracted"));
    require(
        restored.lines().sorted().toList().equals(chapter.checksums().lines().sorted().toList()),
        "the files of restore point "
            + chapter.point().id()
            + " are not what the guest reported at its instant");
    narrator.fact("e2fsck is clean, " + restored.lines().count() + " files equal");
    return restored.lines().count();
  }

  private Views.VmDisk awaitDisk(String protection) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      try {
        Views.Vm vm = api.get("vms/" + guest.name(), Views.Vm.class);
        for (Views.VmDisk disk : vm.disks()) {
          if (disk.target().equals(DISK) && disk.protection().equals(protection)) {
            return disk;
          }
        }
        TimeUnit.MILLISECONDS.sleep(200);
      } catch (CliFailure unknownYet) {
        narrator.fact("waiting: " + unknownYet.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DemoFailure("interrupted", e);
      }
    }
    throw new DemoFailure("the inventory did not say that " + DISK + " is " + protection);
  }

  private <T> T result(String path, Map<String, ?> request, Class<T> type) {
    Views.Job job = new JobWatcher(api, terminal).await(api.post(path, request, Views.Job.class));
    return json.convert(
        job.result().orElseThrow(() -> new DemoFailure(job.type() + " has no result")), type);
  }

  private static void require(boolean held, String otherwise) {
    if (!held) {
      throw new DemoFailure(otherwise);
    }
  }
}

package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.lab.BlankDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets of restores, served by a real qemu-nbd and asked for over a real broker. */
class RestoreTargetsIT {
  private static final long MIB = 1024 * 1024;

  @TempDir private static Path directory;
  private static Host host;

  @BeforeAll
  static void start() {
    host = new Host(directory, Duration.ofSeconds(5));
  }

  @AfterAll
  static void stop() {
    host.close();
  }

  @Test
  void aFileIsPartialUntilItIsWholeAndThenInPlace() throws IOException {
    Path target = directory.resolve("made/here/web-vda.raw");
    Path xml = directory.resolve("made/here/web.xml");
    RestoreAccepted accepted = accepted(Optional.of(xml), false, disk("vda", 3 * MIB, target));

    RestoreTargetReady ready = ready(accepted);

    RestoreTarget exported = ready.targets().getFirst();
    assertThat(exported.zeroed()).isTrue();
    assertThat(target).doesNotExist();
    write(exported, 0x42, MIB, 4096);
    host.publish(new RestoreDataWritten(accepted.restoreId(), host.name()));
    RestoreCompleted completed = completed(accepted);
    byte[] content = Files.readAllBytes(target);
    assertThat(content).hasSize((int) (3 * MIB));
    assertThat(content[(int) MIB]).isEqualTo((byte) 0x42);
    assertThat(content[0]).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThat(xml).hasContent(accepted.domainXml());
    assertThat(completed.files())
        .extracting(file -> file.path())
        .containsExactly(target.toString(), xml.toString());
    assertThat(names(target.getParent())).containsExactly("web-vda.raw", "web.xml");
    assertNothingServed(accepted);
  }

  @Test
  void ofAFailedRestoreNothingIsLeft() throws IOException {
    Path target = directory.resolve("failed/web-vda.raw");
    RestoreAccepted accepted = accepted(Optional.empty(), false, disk("vda", MIB, target));
    ready(accepted);

    host.publish(new RestoreFailed(accepted.restoreId(), Optional.of(host.name()), "no more"));
    // What comes later in the same partition is answered when that is done.
    host.publish(accepted);

    assertThat(failed(accepted).reason()).isEqualTo("no more");
    host.awaitAll(RestoreFailed.class, e -> e.restoreId().equals(accepted.restoreId()), 2);
    assertThat(names(target.getParent())).isEmpty();
    assertNothingServed(accepted);
  }

  @Test
  void aLinkThatLeadsOutOfTheRootsIsRefused(@TempDir Path outside) throws IOException {
    createLink(directory.resolve("way-out"), outside);

    assertThat(refusal(true, disk("vda", MIB, directory.resolve("way-out/web.raw"))))
        .contains(outside.toString());
    assertThat(names(outside)).isEmpty();
  }

  @Test
  void aDiskOfAVmIsNeverWrittenTo() {
    BlankDomain vm = host.lab().blankDomain("inuse", MIB);
    Path raw = vm.rawDisk("vda");
    Path link = directory.resolve("link.raw");
    createLink(link, raw);

    assertThat(refusal(true, disk("vda", MIB, raw))).contains(vm.name()).contains(raw.toString());
    assertThat(refusal(true, disk("vda", MIB, link))).contains(vm.name());
    assertThat(raw).isRegularFile();
  }

  @Test
  void whatIsBelowAnImageOfAVmThatIsOffIsNeverWrittenTo() throws IOException {
    BlankDomain vm = host.lab().blankDomain("below", MIB);
    vm.shutdown();
    Path base = vm.rawDisk("vda");
    Path middle = base.resolveSibling("middle.qcow2");
    Path top = base.resolveSibling("top.qcow2");
    host.run("qemu-img", "create", "-f", "qcow2", "-b", "vda.raw", "-F", "raw", middle.toString());
    host.run(
        "qemu-img",
        "create",
        "-f",
        "qcow2",
        "-b",
        middle.toString(),
        "-F",
        "qcow2",
        top.toString());
    host.define(
        host.domain(vm)
            .persistentXml()
            .text()
            .replace("type='raw'", "type='qcow2'")
            .replace(base.toString(), top.toString()));

    assertThat(refusal(true, disk("vda", MIB, base))).contains(vm.name()).contains("below");
    assertThat(refusal(true, disk("vda", MIB, middle))).contains(vm.name());

    // What an image that can't be read stands on is not known.
    Files.writeString(top, "no image");
    assertThat(refusal(true, disk("vda", MIB, base))).contains(vm.name()).contains(top.toString());
    assertThat(base).hasSize(MIB);
    RestoreAccepted accepted =
        accepted(Optional.empty(), true, disk("vda", MIB, directory.resolve("unaffected.raw")));
    ready(accepted);
    host.publish(new RestoreFailed(accepted.restoreId(), Optional.of(host.name()), "enough"));
    Files.delete(top);
  }

  @Test
  void aDiskIsNotWrittenToIfAVmHasAPartOfIt() throws IOException {
    Path file = directory.resolve("parts.img");
    byte[] precious = new byte[(int) (4 * MIB)];
    Arrays.fill(precious, (byte) 0x55);
    Files.write(file, precious);
    BlankDomain vm = host.lab().blankDomain("parts", MIB);
    vm.shutdown();
    String raw = vm.rawDisk("vda").toString();
    String xml = host.domain(vm).persistentXml().text();
    Path whole = Path.of(host.run("losetup", "--find", "--show", file.toString()).strip());
    Path part = Path.of(whole + "p1");
    try {
      host.run("addpart", whole.toString(), "1", "2048", "2048");
      host.define(
          xml.replace("type='file'", "type='block'").replace("file='" + raw, "dev='" + part));
      assertThat(refusal(true, disk("vda", MIB, whole)))
          .contains(vm.name())
          .contains(part.toString());
      host.define(
          xml.replace("type='file'", "type='block'").replace("file='" + raw, "dev='" + whole));
      assertThat(refusal(true, disk("vda", MIB, part)))
          .contains(vm.name())
          .contains(whole.toString());
      assertThat(refusal(true, disk("vda", MIB, file)))
          .contains(vm.name())
          .contains(whole.toString());
      host.define(xml.replace(raw, file.toString()));
      assertThat(refusal(true, disk("vda", MIB, part)))
          .contains(vm.name())
          .contains(file.toString());
      assertThat(file).hasBinaryContent(precious);
    } finally {
      host.run("delpart", whole.toString(), "1");
      host.run("losetup", "--detach", whole.toString());
      host.define(xml);
    }
  }

  @Test
  void whatIsThereIsOverwrittenOnlyOnRequest() throws IOException {
    Path precious = Files.writeString(directory.resolve("precious"), "precious");
    Path partial = Files.writeString(directory.resolve("other.partial"), "somebody's");

    assertThat(refusal(false, disk("vda", MIB, precious))).contains("--overwrite");
    assertThat(refusal(false, disk("vda", MIB, directory.resolve("other"))))
        .contains("--overwrite");
    assertThat(refusal(true, disk("vda", MIB, directory))).contains("is a directory");
    assertThat(precious).hasContent("precious");
    assertThat(partial).hasContent("somebody's");

    RestoreAccepted accepted = accepted(Optional.empty(), true, disk("vda", MIB, precious));
    ready(accepted);
    assertThat(precious).hasContent("precious");
    host.publish(new RestoreDataWritten(accepted.restoreId(), host.name()));
    completed(accepted);
    assertThat(Files.size(precious)).isEqualTo(MIB);
  }

  @Test
  void pathsThatMakeNoSenseAreRefusedByName() {
    Path same = directory.resolve("same.raw");

    assertThat(refusal(false, new RestoreDisk("vda", MIB, "root", "relative.raw")))
        .contains("relative.raw")
        .contains("absolute");
    assertThat(refusal(false, disk("vda", MIB, same), disk("vdb", MIB, same)))
        .contains(same.toString());
    assertThat(refusal(false, disk("vda", MIB, Path.of("/dev/null")))).contains("/dev/null");
    assertThat(refusal(false, disk("vda", MIB, Path.of("/proc/nowhere/x.raw"))))
        .contains("/proc/nowhere/x.raw");
    assertThat(same).doesNotExist();
  }

  @Test
  void twoRestoresDoNotWriteToOneFile() {
    Path target = directory.resolve("contested.raw");
    RestoreAccepted first = accepted(Optional.empty(), true, disk("vda", MIB, target));
    ready(first);

    assertThat(refusal(true, disk("vda", MIB, target))).contains("another restore");

    host.publish(new RestoreDataWritten(first.restoreId(), host.name()));
    completed(first);
    assertThat(target).exists();
  }

  @Test
  void restoresWhoseIdsBeginAlikeAreServedAndEndedApart() {
    // As UUIDs that are made of the time are, for a minute.
    RestoreAccepted first =
        of(
            "0190a1b2-c3d4-7000-8000-000000000001",
            disk("vda", MIB, directory.resolve("alike1.raw")));
    RestoreAccepted second =
        of(
            "0190a1b2-c3d4-7000-8000-000000000002",
            disk("vda", MIB, directory.resolve("alike2.raw")));
    host.publish(first);
    host.publish(second);
    RestoreTarget exported = ready(first).targets().getFirst();
    ready(second);

    host.publish(new RestoreFailed(second.restoreId(), Optional.of(host.name()), "no more"));
    failed(second);
    write(exported, 0x42, 0, 4096);
    host.publish(new RestoreDataWritten(first.restoreId(), host.name()));

    assertThat(completed(first).files()).hasSize(1);
    assertThat(directory.resolve("alike2.raw")).doesNotExist();
  }

  @Test
  void aBlockDeviceIsWrittenInPlaceIfItMayBeAndTheDiskFits() throws IOException {
    Path file = directory.resolve("device.img");
    byte[] precious = new byte[(int) (2 * MIB)];
    Arrays.fill(precious, (byte) 0x55);
    Files.write(file, precious);
    Path device = Path.of(host.run("losetup", "--find", "--show", file.toString()).strip());
    try {
      assertThat(refusal(true, disk("vda", 2 * MIB + 512, device)))
          .contains(device.toString())
          .contains("larger");
      assertThat(refusal(false, disk("vda", MIB, device)))
          .contains(device.toString())
          .contains("--overwrite");
      assertThat(file).hasBinaryContent(precious);
      RestoreAccepted accepted = accepted(Optional.empty(), true, disk("vda", MIB, device));
      RestoreTarget exported = ready(accepted).targets().getFirst();
      assertThat(exported.zeroed()).isFalse();
      write(exported, 0x17, 0, 4096);
      host.publish(new RestoreDataWritten(accepted.restoreId(), host.name()));
      completed(accepted);
      host.run("blockdev", "--flushbufs", device.toString());
    } finally {
      host.run("losetup", "--detach", device.toString());
    }
    assertThat(Files.readAllBytes(file)[4095]).isEqualTo((byte) 0x17);
  }

  @Test
  void aRequestThatComesTwiceIsAnsweredAlike() {
    RestoreAccepted accepted =
        accepted(Optional.empty(), false, disk("vda", MIB, directory.resolve("twice.raw")));
    RestoreTargetReady first = ready(accepted);

    host.publish(accepted);

    assertThat(
            host.awaitAll(
                RestoreTargetReady.class, e -> e.restoreId().equals(accepted.restoreId()), 2))
        .containsOnly(first);
    host.publish(new RestoreFailed(accepted.restoreId(), Optional.of(host.name()), "enough"));
  }

  @Test
  void aRestoreThatTheConverterDidNotSurviveHasFailed() {
    Path target = directory.resolve("interrupted.raw");
    RestoreAccepted accepted = accepted(Optional.empty(), false, disk("vda", MIB, target));
    ready(accepted);

    host.whileAway(() -> assertThat(directory.resolve("interrupted.raw.partial")).exists());

    assertThat(failed(accepted).reason()).contains("restore again");
    assertThat(target).doesNotExist();
    assertThat(directory.resolve("interrupted.raw.partial")).doesNotExist();
  }

  @Test
  void anExportWhoseConverterWasKilledIsEndedAndItsRestoreBegunAgain() {
    RestoreAccepted accepted =
        of(Optional.empty(), false, disk("vda", MIB, directory.resolve("orphan.raw")));
    AtomicReference<NbdExport> orphan = new AtomicReference<>();

    host.whileAway(() -> {
      // Killed after the export was started and before it was remembered.
      remember(new RestoreEntry(accepted, new RestoreStage.Opening()));
      orphan.set(
          new RestoreFiles(host.config().sockets(), new WriteRoots(List.of()))
              .open(accepted)
              .exports()
              .getFirst());
    });

    RestoreTargetReady ready = readyAfter(accepted);
    assertThat(orphan.get().running()).isFalse();
    write(ready.targets().getFirst(), 0x18, 0, 4096);
    host.publish(new RestoreFailed(accepted.restoreId(), Optional.of(host.name()), "enough"));
  }

  @Test
  void aRestoreThatWasKilledWhenAllWasWrittenIsPutInPlace() {
    Path target = directory.resolve("whole.raw");
    RestoreAccepted accepted = of(Optional.empty(), false, disk("vda", MIB, target));
    RestoreFiles files = new RestoreFiles(host.config().sockets(), new WriteRoots(List.of()));

    host.whileAway(() -> {
      RestoreStage.Open open = files.open(accepted);
      remember(new RestoreEntry(accepted, new RestoreStage.Written(open.exports())));
    });

    completed(accepted);
    assertThat(target).exists();
    assertThat(directory.resolve("whole.raw.partial")).doesNotExist();
  }

  private static void remember(RestoreEntry entry) {
    Host.get(host.journal("restores", RestoreEntry.class).put(entry.id(), entry));
  }

  private static String refusal(boolean overwrite, RestoreDisk... disks) {
    return failed(accepted(Optional.empty(), overwrite, disks)).reason();
  }

  private static RestoreAccepted accepted(
      Optional<Path> xml, boolean overwrite, RestoreDisk... disks) {
    RestoreAccepted accepted = of(xml, overwrite, disks);
    host.publish(accepted);
    return accepted;
  }

  private static RestoreAccepted of(String id, RestoreDisk disk) {
    return of(id, Optional.empty(), false, disk);
  }

  private static RestoreAccepted of(Optional<Path> xml, boolean overwrite, RestoreDisk... disks) {
    return of(UUID.randomUUID().toString(), xml, overwrite, disks);
  }

  private static RestoreAccepted of(
      String id, Optional<Path> xml, boolean overwrite, RestoreDisk... disks) {
    return new RestoreAccepted(
        id,
        host.name(),
        "a-point",
        "web",
        "<domain type='qemu'/>",
        xml.map(Path::toString),
        overwrite,
        List.of(disks));
  }

  private static RestoreDisk disk(String target, long sizeBytes, Path path) {
    return new RestoreDisk(target, sizeBytes, "root", path.toString());
  }

  private static RestoreTargetReady readyAfter(RestoreAccepted accepted) {
    host.publish(accepted);
    return ready(accepted);
  }

  private static RestoreTargetReady ready(RestoreAccepted accepted) {
    return host.await(RestoreTargetReady.class, e -> e.restoreId().equals(accepted.restoreId()));
  }

  private static RestoreCompleted completed(RestoreAccepted accepted) {
    return host.await(RestoreCompleted.class, e -> e.restoreId().equals(accepted.restoreId()));
  }

  private static RestoreFailed failed(RestoreAccepted accepted) {
    return host.await(RestoreFailed.class, e -> e.restoreId().equals(accepted.restoreId()));
  }

  private static void write(RestoreTarget target, int pattern, long offset, long length) {
    host.run(
        "qemu-io",
        "-f",
        "raw",
        "-c",
        "write -P %d %d %d".formatted(pattern, offset, length),
        target.nbdUri());
  }

  private static void createLink(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertNothingServed(RestoreAccepted accepted) throws IOException {
    assertThat(names(host.config().sockets()))
        .noneMatch(name -> name.contains(accepted.restoreId()));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}

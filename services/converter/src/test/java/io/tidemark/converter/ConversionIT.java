package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.LabDomain;
import io.tidemark.lab.LabGuest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions between a real libvirt, real images and a real broker. */
class ConversionIT {
  private static final long MIB = 1024 * 1024;
  private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(12);

  @TempDir private static Path directory;
  private static Host host;

  @BeforeAll
  static void start() {
    host = new Host(directory, SHUTDOWN_PATIENCE);
  }

  @AfterAll
  static void stop() {
    host.close();
  }

  @Test
  void aPlanSaysWhatWouldBeDoneAndChangesNothing() {
    BlankDomain vm = host.lab().blankDomain("plan", 8 * MIB);
    String before = host.domain(vm).persistentXml().text();

    String id = request(vm, ConversionMode.PLAN, false);

    ConversionPlanned planned = planned(id);
    assertThat(planned.domainName()).isEqualTo(vm.name());
    assertThat(planned.restartNeeded()).isTrue();
    assertThat(planned.disks())
        .singleElement()
        .satisfies(disk -> {
          assertThat(disk.source()).isEqualTo(vm.rawDisk("vda").toString());
          assertThat(disk.sizeBytes()).isEqualTo(8 * MIB);
        });
    assertThat(planned.xmlDiff()).contains("+      <source file=").contains("dataStore");
    assertThat(planned.commands())
        .anyMatch(line -> line.startsWith("qemu-img create"))
        .anyMatch(line -> line.startsWith("qemu-img amend"));
    assertThat(host.domain(vm).persistentXml().text()).isEqualTo(before);
    assertThat(image(vm, "vda")).doesNotExist();
  }

  @Test
  void thePlansCommandsMakeTheSameImageAsTheConversion() throws IOException {
    BlankDomain vm = host.lab().blankDomain("typed", 8 * MIB);
    vm.shutdown();
    ConversionPlanned planned = planned(request(vm, ConversionMode.PLAN, false));
    planned.commands().forEach(line -> host.run("sh", "-c", line));
    String typed = imageInfo(vm);
    Files.delete(image(vm, "vda"));

    applied(request(vm, ConversionMode.APPLY, false));

    assertThat(imageInfo(vm)).isEqualTo(typed);
  }

  @Test
  void aConvertedAndRevertedDiskIsTheSameToTheByte() {
    BlankDomain vm = host.lab().blankDomain("bytes", 8 * MIB, 3 * MIB + 512);
    vm.write("vda", MIB, MIB, 0x5a);
    vm.write("vdb", 3 * MIB, 512, 0x5b);
    vm.shutdown();
    String xmlBefore = host.domain(vm).persistentXml().text();
    String vda = sha256(vm.rawDisk("vda"));
    String vdb = sha256(vm.rawDisk("vdb"));

    ConversionApplied applied = applied(request(vm, ConversionMode.APPLY, false));

    assertThat(applied.restarted()).isFalse();
    assertThat(applied.disks()).extracting(DiskConversion::target).containsExactly("vda", "vdb");
    assertThat(applied.disks())
        .extracting(DiskConversion::sha256Before)
        .containsExactly(Optional.of(vda), Optional.of(vdb));
    assertThat(applied.disks())
        .allSatisfy(disk -> assertThat(disk.sha256After()).isEqualTo(disk.sha256Before()));
    assertThat(sha256(vm.rawDisk("vda"))).isEqualTo(vda);
    assertThat(sha256(vm.rawDisk("vdb"))).isEqualTo(vdb);
    assertThat(disk(vm, "vdb").metadataImage()).contains(image(vm, "vdb").toString());
    assertThat(disk(vm, "vdb").dataPath()).contains(vm.rawDisk("vdb").toString());

    vm.start();
    vm.shutdown();
    ConversionReverted reverted = reverted(request(vm, ConversionMode.REVERT, false));

    assertThat(reverted.disks())
        .extracting(DiskConversion::sha256After)
        .containsExactly(Optional.of(vda), Optional.of(vdb));
    assertThat(host.domain(vm).persistentXml().text()).isEqualTo(xmlBefore);
    assertThat(image(vm, "vda")).doesNotExist();
    vm.start();
  }

  @Test
  void aRunningGuestIsShutDownConvertedAndStartedAgain() {
    LabGuest guest = host.lab().bootGuest("guest", "32M");
    guest.exec("echo precious > /data/file && sync");

    String id = request(guest, ConversionMode.APPLY, true);

    ConversionApplied applied = applied(id);
    assertThat(applied.restarted()).isTrue();
    assertThat(host.domain(guest).liveXml().orElseThrow().disk("vda").orElseThrow().dataStore())
        .isPresent();
    // A guest hears that it should power off only once it has booted.
    assertThat(guest.exec("cat /data/file")).contains("precious");
    ConversionReverted reverted = reverted(request(guest, ConversionMode.REVERT, true));
    assertThat(reverted.restarted()).isTrue();
    assertThat(host.domain(guest).active()).isTrue();
    assertThat(disk(guest, "vda").dataStore()).isEmpty();
  }

  @Test
  void aRunningVmIsLeftAloneUnlessARestartIsAllowed() {
    BlankDomain vm = host.lab().blankDomain("running", 4 * MIB);

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, false));

    assertThat(failed.reason()).contains(vm.name()).contains("--restart");
    assertThat(vm.state()).isEqualTo("running");
    assertThat(disk(vm, "vda").dataStore()).isEmpty();
  }

  @Test
  void aVmThatIsBackedUpIsNotRestarted() throws IOException {
    BlankDomain vm = host.lab().blankDomain("busy", 4 * MIB);
    Path xml = host.directory().resolve("backup.xml");
    Files.writeString(
        xml,
        "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
            .formatted(host.directory().resolve("busy.sock")));
    host.lab().virsh("backup-begin", vm.name(), xml.toString());

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, true));

    assertThat(failed.reason()).contains(vm.name()).contains("being backed up");
    assertThat(vm.state()).isEqualTo("running");
  }

  @Test
  void aGuestThatDoesNotPowerOffIsLeftRunningAsItWas() {
    BlankDomain deaf = host.lab().blankDomain("deaf", 4 * MIB);

    ConversionFailed failed = failed(request(deaf, ConversionMode.APPLY, true));

    assertThat(failed.reason()).contains(deaf.name());
    assertThat(deaf.state()).isEqualTo("running");
    assertThat(disk(deaf, "vda").dataStore()).isEmpty();
    assertThat(image(deaf, "vda")).doesNotExist();
  }

  @Test
  void aConvertedVmHasNothingToBeDone() {
    BlankDomain vm = host.lab().blankDomain("again", 4 * MIB);
    vm.shutdown();
    applied(request(vm, ConversionMode.APPLY, false));

    ConversionApplied again = applied(request(vm, ConversionMode.APPLY, false));

    assertThat(again.disks()).isEmpty();
    assertThat(image(vm, "vda")).exists();
  }

  @Test
  void aDiskThatEndsInTheMiddleOfASectorIsConverted() throws IOException {
    BlankDomain vm = host.lab().blankDomain("ragged", 2 * MIB);
    vm.shutdown();
    Path raw = vm.rawDisk("vda");
    try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
      file.setLength(2 * MIB + 100);
      file.seek(2 * MIB + 99);
      file.write(0x42);
    }
    String before = sha256(raw);

    ConversionApplied applied = applied(request(vm, ConversionMode.APPLY, false));

    assertThat(applied.disks().getFirst().sizeBytes()).isEqualTo(2 * MIB + 100);
    assertThat(sha256(raw)).isEqualTo(before);
    vm.start();
  }

  @Test
  void aRawDiskThatIsGoneIsNamed() throws IOException {
    BlankDomain vm = host.lab().blankDomain("gone", 2 * MIB);
    vm.shutdown();
    Path raw = vm.rawDisk("vda");
    Files.delete(raw);

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, false));

    assertThat(failed.reason()).contains(raw.toString());
    assertThat(disk(vm, "vda").dataStore()).isEmpty();
    assertThat(image(vm, "vda")).doesNotExist();
  }

  @Test
  void aDiskWhoseRawDataAreNotWhatTheGuestSeesIsNotReverted() throws IOException {
    BlankDomain vm = host.lab().blankDomain("trim", 4 * MIB);
    vm.shutdown();
    applied(request(vm, ConversionMode.APPLY, false));
    vm.start();
    vm.write("vda", 0, MIB, 0x11);
    vm.discard("vda", 0, MIB);
    vm.shutdown();
    // As on storage that keeps its bytes when they are discarded.
    try (RandomAccessFile file = new RandomAccessFile(vm.rawDisk("vda").toFile(), "rw")) {
      file.write(new byte[] {1, 2, 3});
    }

    ConversionFailed failed = failed(request(vm, ConversionMode.REVERT, false));

    assertThat(failed.reason()).contains(vm.rawDisk("vda").toString()).contains("mismatch");
    assertThat(disk(vm, "vda").dataStore()).isPresent();
    assertThat(image(vm, "vda")).exists();
  }

  @Test
  void aRequestThatComesTwiceIsCarriedOutOnce() {
    BlankDomain vm = host.lab().blankDomain("twice", 2 * MIB);
    vm.shutdown();
    ConversionRequested request = of(vm, ConversionMode.APPLY, false);

    host.publish(request);
    host.publish(request);
    applied(request.conversionId());
    reverted(request(vm, ConversionMode.REVERT, false));
    host.publish(request);

    List<ConversionApplied> answers =
        host.awaitAll(
            ConversionApplied.class, e -> e.conversionId().equals(request.conversionId()), 2);
    assertThat(answers).allMatch(answer -> answer.equals(answers.getFirst()));
    assertThat(disk(vm, "vda").dataStore()).isEmpty();
  }

  @Test
  void aConversionThatWasKilledWhileTheVmWasOffGoesOn() throws IOException {
    BlankDomain vm = host.lab().blankDomain("killed", 2 * MIB);
    ConversionRequested request = of(vm, ConversionMode.APPLY, true);
    ConversionEntry begun = begun(vm, request);
    vm.shutdown();
    Files.createDirectories(image(vm, "vda").getParent());
    Files.writeString(image(vm, "vda"), "half an image");

    host.whileAway(() -> remember(begun));

    ConversionApplied applied = applied(request.conversionId());
    assertThat(applied.disks()).hasSize(1);
    assertThat(applied.restarted()).isTrue();
    assertThat(vm.state()).isEqualTo("running");
    assertThat(disk(vm, "vda").dataStore()).isPresent();
  }

  @Test
  void aConversionThatWasKilledAfterItsProofGoesOnWithIt() {
    BlankDomain vm = host.lab().blankDomain("proven", 2 * MIB);
    vm.shutdown();
    applied(request(vm, ConversionMode.APPLY, false));
    ConversionRequested request = of(vm, ConversionMode.APPLY, false);
    // No hash of this disk: what is told is what was proven then.
    DiskConversion proof = proof(vm, "of then");

    host.whileAway(() -> {
      // The image is there, the definition is the old one: killed between the two.
      host.define(host.domain(vm).persistentXml().withoutMetadataImage("vda").text());
      remember(begun(vm, request).at(proven(proof)));
    });

    assertThat(applied(request.conversionId()).disks()).containsExactly(proof);
    assertThat(disk(vm, "vda").metadataImage()).contains(image(vm, "vda").toString());
  }

  @Test
  void aProofIsMadeAnewIfTheDiskWasWrittenSince() {
    BlankDomain vm = host.lab().blankDomain("since", 2 * MIB);
    vm.shutdown();
    applied(request(vm, ConversionMode.APPLY, false));
    ConversionRequested request = of(vm, ConversionMode.APPLY, false);
    DiskConversion proof = proof(vm, "of then");

    host.whileAway(() -> {
      host.define(host.domain(vm).persistentXml().withoutMetadataImage("vda").text());
      remember(begun(vm, request).at(proven(proof)));
      vm.start();
      vm.write("vda", 0, 65536, 0x33);
      vm.shutdown();
    });

    assertThat(applied(request.conversionId()).disks())
        .singleElement()
        .returns(Optional.of(sha256(vm.rawDisk("vda"))), DiskConversion::sha256Before);
    assertThat(disk(vm, "vda").metadataImage()).contains(image(vm, "vda").toString());
    vm.start();
  }

  @Test
  void aVmThatDoesNotStartConvertedRunsAgainAsItWas() throws IOException {
    BlankDomain vm = host.lab().blankDomain("nostart", 2 * MIB);
    ConversionRequested request = of(vm, ConversionMode.APPLY, true);
    ConversionEntry begun = begun(vm, request);
    vm.shutdown();
    Files.createDirectories(image(vm, "vda").getParent());
    Files.writeString(image(vm, "vda"), "no image that QEMU would start on");

    host.whileAway(() -> remember(begun.at(proven(proof(vm, "of then")))));

    assertThat(failed(request.conversionId()).reason()).contains(vm.name());
    assertThat(vm.state()).isEqualTo("running");
    assertThat(disk(vm, "vda").dataStore()).isEmpty();
    assertThat(image(vm, "vda")).doesNotExist();
  }

  @Test
  void aVmThatAKilledConversionShutDownRunsAgainIfItCannotGoOn() {
    BlankDomain vm = host.lab().blankDomain("cannot", 2 * MIB);
    ConversionRequested request =
        new ConversionRequested(
            UUID.randomUUID().toString(), vm.name(), List.of("vdz"), ConversionMode.APPLY, true);
    ConversionEntry begun =
        new ConversionEntry(
            request,
            host.domain(vm).uuid(),
            true,
            new ConversionStage.Asked(),
            false,
            List.of(image(vm, "vda").toString()));
    vm.shutdown();

    host.whileAway(() -> remember(begun));

    assertThat(failed(request.conversionId()).reason()).contains("vdz");
    assertThat(vm.state()).isEqualTo("running");
  }

  @Test
  void aVmThatWasStartedBeforeItsTurnCameRunsAgainAfterwards() {
    LabGuest guest = host.lab().bootGuest("queued", "8M");
    String uuid = host.domain(guest).uuid();
    // As if the conversion before it had the VM off when this one was asked for; written twice.
    String raw = guest.rawDisk("vda").toString();
    String twice = raw.replaceFirst("/(?=[^/]*$)", "//");
    guest.shutdown();
    host.define(host.domain(guest).persistentXml().text().replace(raw, twice));
    ConversionRequested request = of(guest, ConversionMode.APPLY, true);

    host.whileAway(() -> {
      remember(ConversionEntry.asked(request, uuid));
      guest.start();
    });

    assertThat(applied(request.conversionId()).restarted()).isTrue();
    assertThat(host.domain(guest).active()).isTrue();
    assertThat(disk(guest, "vda").dataPath()).contains(twice);
    assertThat(disk(guest, "vda").metadataImage()).isPresent();
  }

  @Test
  void aTransientVmIsLeftRunning() throws IOException {
    BlankDomain vm = host.lab().blankDomain("transient", 2 * MIB);
    Path xml = host.directory().resolve("transient.xml");
    Files.writeString(xml, host.domain(vm).persistentXml().text());
    host.lab().virsh("undefine", vm.name());
    assertThat(host.domain(vm).persistent()).isFalse();

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, true));

    assertThat(failed.reason()).contains(vm.name()).contains("transient");
    assertThat(vm.state()).isEqualTo("running");
    host.lab().virsh("define", xml.toString());
  }

  @Test
  void aSavedStateStays() {
    BlankDomain raw = host.lab().blankDomain("saved", 2 * MIB);
    BlankDomain converted = host.lab().blankDomain("savedconv", 2 * MIB);
    converted.shutdown();
    applied(request(converted, ConversionMode.APPLY, false));
    converted.start();
    host.lab().virsh("managedsave", raw.name());
    host.lab().virsh("managedsave", converted.name());

    assertThat(failed(request(raw, ConversionMode.APPLY, true)).reason()).contains("saved state");
    assertThat(failed(request(converted, ConversionMode.REVERT, true)).reason())
        .contains("saved state");

    assertThat(host.domain(raw).managedSave()).isTrue();
    assertThat(host.domain(converted).managedSave()).isTrue();
    assertThat(disk(converted, "vda").dataStore()).isPresent();
    converted.start();
  }

  @Test
  void anImageThatTheRunningVmUsesIsLeftAlone() {
    BlankDomain vm = host.lab().blankDomain("inlive", 2 * MIB);
    vm.shutdown();
    applied(request(vm, ConversionMode.APPLY, false));
    vm.start();
    host.define(host.domain(vm).persistentXml().withoutMetadataImage("vda").text());

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, true));

    assertThat(failed.reason()).contains(image(vm, "vda").toString());
    assertThat(image(vm, "vda")).exists();
    assertThat(vm.state()).isEqualTo("running");
  }

  @Test
  void aFileInTheImagesPlaceStaysAsItIs() throws IOException {
    BlankDomain vm = host.lab().blankDomain("taken", 2 * MIB);
    vm.shutdown();
    Files.createDirectories(image(vm, "vda").getParent());
    Files.writeString(image(vm, "vda"), "somebody's");

    ConversionFailed failed = failed(request(vm, ConversionMode.APPLY, false));

    assertThat(failed.reason()).contains(image(vm, "vda").toString());
    assertThat(image(vm, "vda")).hasContent("somebody's");
  }

  @Test
  void aDiskThatWasRenamedKeepsItsImageWhenAnotherTakesItsName() throws IOException {
    BlankDomain vm = host.lab().blankDomain("renamed", 2 * MIB, 2 * MIB);
    vm.shutdown();
    ConversionRequested first =
        new ConversionRequested(
            UUID.randomUUID().toString(), vm.name(), List.of("vda"), ConversionMode.APPLY, false);
    host.publish(first);
    applied(first.conversionId());
    byte[] before = Files.readAllBytes(image(vm, "vda"));
    String text = host.domain(vm).persistentXml().text();
    host.define(
        text.replace("<target dev='vda'", "<target dev='vdc'")
            .replace("<target dev='vdb'", "<target dev='vda'"));

    applied(request(vm, ConversionMode.APPLY, false));

    assertThat(disk(vm, "vdc").metadataImage()).contains(image(vm, "vda").toString());
    assertThat(disk(vm, "vda").metadataImage())
        .contains(image(vm, "vda").resolveSibling("vda-2.qcow2").toString());
    assertThat(Files.readAllBytes(image(vm, "vda"))).isEqualTo(before);
    vm.start();
  }

  private static void remember(ConversionEntry entry) {
    Host.get(host.journal("conversions", ConversionEntry.class).put(entry.id(), entry));
  }

  /** Its turn has come, and the VM ran. */
  private static ConversionEntry begun(BlankDomain vm, ConversionRequested request) {
    Domain domain = host.domain(vm);
    return new ConversionEntry(
        request,
        domain.uuid(),
        domain.active(),
        new ConversionStage.Asked(),
        false,
        List.of(image(vm, "vda").toString()));
  }

  private static ConversionStage.Proven proven(DiskConversion disk) {
    try {
      return new ConversionStage.Proven(
          List.of(disk),
          Map.of(
              disk.source(),
              DiskState.of(Path.of(disk.source())),
              disk.metadataImage(),
              DiskState.of(Path.of(disk.metadataImage()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DiskConversion proof(BlankDomain vm, String sha256) {
    Optional<String> hash = Optional.of(sha256);
    return new DiskConversion(
        "vda", vm.rawDisk("vda").toString(), image(vm, "vda").toString(), 2 * MIB, hash, hash);
  }

  private static String request(LabDomain vm, ConversionMode mode, boolean restart) {
    ConversionRequested request = of(vm, mode, restart);
    host.publish(request);
    return request.conversionId();
  }

  private static ConversionRequested of(LabDomain vm, ConversionMode mode, boolean restart) {
    return new ConversionRequested(
        UUID.randomUUID().toString(), vm.name(), List.of(), mode, restart);
  }

  private static ConversionPlanned planned(String id) {
    return host.await(ConversionPlanned.class, event -> event.conversionId().equals(id));
  }

  private static ConversionApplied applied(String id) {
    return host.await(ConversionApplied.class, event -> event.conversionId().equals(id));
  }

  private static ConversionReverted reverted(String id) {
    return host.await(ConversionReverted.class, event -> event.conversionId().equals(id));
  }

  private static ConversionFailed failed(String id) {
    return host.await(ConversionFailed.class, event -> event.conversionId().equals(id));
  }

  private static Disk disk(LabDomain vm, String target) {
    return host.domain(vm).persistentXml().disk(target).orElseThrow();
  }

  private static Path image(LabDomain vm, String target) {
    return host.config().metadataImage(host.domain(vm).uuid(), target);
  }

  /** All that qemu-img knows of an image, but for what differs from one run to the next. */
  private static String imageInfo(BlankDomain vm) {
    return host.run("qemu-img", "info", "-f", "qcow2", image(vm, "vda").toString());
  }

  private static String sha256(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}

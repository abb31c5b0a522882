package io.tidemark.hypervisor;

import io.tidemark.lab.BlankDomain;
import io.tidemark.lab.Lab;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A running domain without operating system whose raw disks have metadata images in front. */
record ConvertedDomain(
    BlankDomain blank, Hypervisor hypervisor, String uuid, List<String> targets) {

  /** Makes it; the images lie beside the disks, and go with them. */
  static ConvertedDomain of(
      Vertx vertx, Lab lab, Hypervisor hypervisor, String name, long... diskBytes)
      throws IOException {
    var blank = lab.blankDomain(name, diskBytes);
    blank.shutdown();
    var domain = hypervisor.domain(blank.name()).await().orElseThrow();
    var xml = domain.persistentXml();
    var targets = new ArrayList<String>();
    for (var disk : domain.persistentXml().disks()) {
      var image = imageFor(vertx, Path.of(disk.source().orElseThrow()));
      xml = xml.withMetadataImage(disk.target(), image.toString());
      targets.add(disk.target());
    }
    hypervisor.define(xml.text()).await();
    hypervisor.start(domain.uuid()).await();
    return new ConvertedDomain(blank, hypervisor, domain.uuid(), List.copyOf(targets));
  }

  /** Begins a backup of all disks, each since the checkpoint that is given for it, else full. */
  void begin(String checkpoint, Map<String, String> since) {
    hypervisor
        .beginBackup(uuid, backup(checkpoint, since).toXml(), Optional.of(tracking(checkpoint)))
        .await();
  }

  BackupXml backup(String checkpoint, Map<String, String> since) {
    return new BackupXml(
        beside(checkpoint + ".sock"),
        targets.stream()
            .map(target ->
                new BackupXml.Disk(
                    target,
                    true,
                    Optional.ofNullable(since.get(target)),
                    "export-" + target,
                    "changes-" + target,
                    beside(checkpoint + "-" + target + ".scratch")))
            .toList());
  }

  private String tracking(String checkpoint) {
    var disks = targets.stream().collect(Collectors.toMap(target -> target, target -> true));
    return new CheckpointXml(checkpoint, disks).toXml();
  }

  private Path beside(String file) {
    return blank.rawDisk("vda").resolveSibling(file);
  }

  private static Path imageFor(Vertx vertx, Path raw) throws IOException {
    var image = raw.resolveSibling(raw.getFileName() + ".qcow2");
    var placeholder = raw.resolveSibling(raw.getFileName() + ".placeholder");
    var size = Long.toString(Files.size(raw));
    run(vertx, "truncate", "-s", size, placeholder.toString());
    run(
        vertx,
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        dataFile(placeholder),
        image + "",
        size);
    run(vertx, "qemu-img", "amend", "-q", "-f", "qcow2", "-o", dataFile(raw), image.toString());
    Files.delete(placeholder);
    return image;
  }

  private static String dataFile(Path path) {
    return "data_file=" + path + ",data_file_raw=on";
  }

  private static void run(Vertx vertx, String... command) {
    new HostCommand(vertx).run("qemu-utils", Duration.ofMinutes(1), List.of(command)).await();
  }
}

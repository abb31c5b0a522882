package io.tidemark.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The XML of a pull backup (libvirt's formatbackup) over a unix socket.
 *
 * @param socket where QEMU listens for NBD clients; QEMU creates it
 * @param disks every disk of the domain; one that isn't named would be taken along
 */
public record BackupXml(Path socket, List<Disk> disks) {
  public BackupXml {
    disks = List.copyOf(disks);
  }

  /**
   * One disk of the backup.
   *
   * @param backup whether it takes part
   * @param incrementalFrom checkpoint whose bitmap is exported; empty for a full backup
   * @param exportName name of the NBD export
   * @param exportBitmap name of the bitmap in the export
   * @param scratch file for copied-before-write blocks; libvirt creates and deletes it
   */
  public record Disk(
      String target,
      boolean backup,
      Optional<String> incrementalFrom,
      String exportName,
      String exportBitmap,
      Path scratch) {

    /** A disk that takes no part. */
    public static Disk leftOut(String target) {
      return new Disk(target, false, Optional.empty(), "", "", Path.of(""));
    }

    private String toXml() {
      String name = "    <disk name='" + XmlText.escape(target) + "'";
      if (!backup) {
        return name + " backup='no'/>\n";
      }
      String mode =
          incrementalFrom
              .map(from ->
                  " backupmode='incremental' incremental='"
                      + XmlText.escape(from)
                      + "' exportbitmap='"
                      + XmlText.escape(exportBitmap)
                      + "'")
              .orElse(" backupmode='full'");
      return name
          + " backup='yes' type='file'"
          + mode
          + " exportname='"
          + XmlText.escape(exportName)
          + "'>\n      <driver type='qcow2'/>\n      <scratch file='"
          + XmlText.escape(scratch.toString())
          + "'/>\n    </disk>\n";
    }
  }

  /**
   * The socket of a running job, by which whoever began it knows it; empty if it serves none.
   *
   * @param backupXml as {@link Hypervisor#backupXml} gives it
   * @throws IllegalArgumentException if it is no such XML
   */
  public static Optional<Path> socketOf(String backupXml) {
    return Dom.child(Dom.root(backupXml, "domainbackup"), "server")
        .flatMap(server -> Dom.attribute(server, "socket"))
        .map(Path::of);
  }

  /** The XML for {@link Hypervisor#beginBackup}. */
  public String toXml() {
    return "<domainbackup mode='pull'>\n  <server transport='unix' socket='"
        + XmlText.escape(socket.toString())
        + "'/>\n  <disks>\n"
        + disks.stream().map(Disk::toXml).collect(Collectors.joining())
        + "  </disks>\n</domainbackup>\n";
  }
}

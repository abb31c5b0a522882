package io.tidemark.hypervisor;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The XML of a checkpoint (libvirt's formatcheckpoint).
 *
 * @param name its name, and that of its bitmaps
 * @param disks every disk of the domain, and whether it gets a bitmap
 */
public record CheckpointXml(String name, Map<String, Boolean> disks) {
  public CheckpointXml {
    disks = Map.copyOf(disks);
  }

  /** The XML for {@link Hypervisor#beginBackup}. */
  public String toXml() {
    return "<domaincheckpoint>\n  <name>"
        + XmlText.escape(name)
        + "</name>\n  <disks>\n"
        + disks.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(disk ->
                "    <disk name='"
                    + XmlText.escape(disk.getKey())
                    + "' checkpoint='"
                    + (disk.getValue() ? "bitmap" : "no")
                    + "'/>\n")
            .collect(Collectors.joining())
        + "  </disks>\n</domaincheckpoint>\n";
  }
}

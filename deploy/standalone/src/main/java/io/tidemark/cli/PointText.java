package io.tidemark.cli;

/** A restore point in words. */
final class PointText {
  private PointText() {}

  static void print(Terminal terminal, Views.Point p) {
    terminal.println(
        "Restore point "
            + p.id()
            + " of "
            + p.vm()
            + ": "
            + p.kind()
            + p.parent().map(parent -> " on " + Units.shortId(parent)).orElse("")
            + ", "
            + p.consistency()
            + "-consistent, "
            + p.state()
            + ", "
            + Units.time(p.createdAt())
            + ", took "
            + Units.millis(p.durationMillis()));
    TextTable table =
        new TextTable("DISK", "SIZE", "MODE", "READ", "CHANGED", "ZERO", "STORED", "WHY");
    for (Views.PointDisk d : p.disks()) {
      table.row(
          d.target(),
          Units.bytes(d.sizeBytes()),
          d.mode(),
          Units.bytes(d.readBytes()),
          Units.bytes(d.changedBytes()),
          Units.bytes(d.zeroBytes()),
          Units.bytes(d.storedBytes()),
          d.reason().orElse(""));
    }
    table.print(terminal);
  }
}

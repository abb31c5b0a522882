package io.tidemark.demo;

import io.tidemark.lab.LabGuest;

/** What happens on the guest's file system, and what the guest says of it. */
final class GuestFiles {
  private final LabGuest guest;

  GuestFiles(LabGuest guest) {
    this.guest = guest;
  }

  void writeFirst() {
    guest.exec(
        "mkdir -p /data/files /data/busy && cd /data/files && for i in $(seq 1 48); do"
            + " dd if=/dev/urandom of=file$i bs=1M count=1 2>/dev/null; done && sync");
  }

  /** New files, deleted files, a file overwritten with zeroes in place, and free space trimmed. */
  void writeDeleteTrimAndZero() {
    guest.exec(
        "cd /data/files && rm file1 file2 file3 file4"
            + " && dd if=/dev/zero of=file5 bs=1M count=1 conv=notrunc 2>/dev/null"
            + " && dd if=/dev/urandom of=file6 bs=4k count=3 seek=7 conv=notrunc 2>/dev/null"
            + " && for i in 1 2 3; do"
            + " dd if=/dev/urandom of=new$i bs=1M count=1 2>/dev/null; done"
            + " && sync && fstrim /data");
  }

  void append(String name) {
    guest.exec(
        "cd /data/files && dd if=/dev/urandom of=" + name + " bs=1M count=2 2>/dev/null && sync");
  }

  void keepWriting() {
    guest.exec(
        "(while :; do dd if=/dev/urandom of=/data/busy/log bs=64k count=16 conv=fsync 2>/dev/null;"
            + " done) >/dev/null 2>&1 & echo $! > /run/writer");
  }

  void stopWriting() {
    guest.exec("kill $(cat /run/writer); sync");
  }

  /** SHA-256 and name of every file, as the guest reads them now. */
  String checksums() {
    return guest.exec("cd /data/files && sha256sum *").strip();
  }
}

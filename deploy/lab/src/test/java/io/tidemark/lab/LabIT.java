package io.tidemark.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LabIT {
  private static Lab lab;

  /** Booted once for all tests that leave it running. */
  private static LabGuest guest;

  @BeforeAll
  static void bringTheLabUp() {
    lab = Lab.up(Lab.uniqueSuffix());
    guest = lab.bootGuest("shared", "64M");
  }

  @AfterAll
  static void destroyTheDomains() {
    lab.close();
  }

  @Test
  void theHypervisorIsNewEnoughForDataStores() {
    var daemon =
        lab.virsh("version", "--daemon")
            .lines()
            .filter(line -> line.startsWith("Running against daemon"))
            .toList();

    assertThat(daemon)
        .singleElement()
        .asString()
        .matches(".*: (10\\.[1-9]\\d|1[1-9]|[2-9]\\d)\\..*");
    assertThat(lab.uri()).startsWith("qemu");
  }

  @Test
  void aGuestRunsShellLinesAndTellsTheirExitStatus() {
    assertThat(guest.exec("echo one; echo two >&2")).isEqualTo("one\ntwo\n");
    assertThat(guest.exec("echo \"a  b $((1 + 1))\" 'c\td'; printf \"it's\\nno newline\""))
        .isEqualTo("a  b 2 c\td\nit's\nno newline");
    assertThat(guest.exec("seq 1 20000").lines()).hasSize(20000).last().isEqualTo("20000");
    assertThatThrownBy(() -> guest.exec("echo lost; exit 3"))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("exit status 3")
        .hasMessageContaining("lost");
  }

  @Test
  void aGuestHearsItsCommandsWhileOrphansEnd() {
    var words = "word ".repeat(100);
    guest.exec("(until [ -e /run/quiet ]; do (true &); done) &");
    try {
      for (int n = 0; n < 5; n++) {
        assertThat(guest.exec("echo " + words)).isEqualTo(words.strip() + "\n");
      }
    } finally {
      guest.exec("touch /run/quiet");
    }
  }

  @Test
  void aGuestsFilesSurviveEveryKindOfPowerCycle() {
    var cycled = lab.bootGuest("files", "64M", "32M:ext4");

    cycled.exec("echo first >/data/first; echo second >/mnt/vdb/second");
    cycled.reboot();
    cycled.exec("echo third >/data/third");
    cycled.shutdown();
    assertThat(cycled.state()).isEqualTo("shut off");
    cycled.start();
    cycled.exec("echo fourth >/data/fourth; sync");
    cycled.killQemu();
    assertThat(cycled.state()).isEqualTo("shut off");
    cycled.start();

    assertThat(cycled.exec("cat /data/first /mnt/vdb/second /data/third /data/fourth"))
        .isEqualTo("first\nsecond\nthird\nfourth\n");
  }

  @Test
  void trimmedSpaceLeavesTheRawDisk() throws IOException {
    var raw = guest.rawDisk("vda");

    guest.exec("dd if=/dev/urandom of=/data/big bs=1M count=24 2>/dev/null; sync");
    var before = allocatedBytes(raw);
    guest.exec("rm /data/big; sync; fstrim /data");

    assertThat(before - allocatedBytes(raw)).isGreaterThan(20L << 20);
  }

  @Test
  void aBackgroundWriterLivesOnBetweenCommands() {
    guest.exec("(while echo tick >>/data/ticks; do sleep 0.1; done) &");
    guest.exec("until [ \"$(wc -l </data/ticks)\" -ge 5 ]; do sleep 0.1; done");

    assertThat(guest.exec("cat /data/ticks").lines()).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void blankDisksOfAnySectorCountTakeWrites() throws IOException {
    var domain = lab.blankDomain("blank", 1_000_448, 4L << 20);
    var odd = domain.rawDisk("vda");

    domain.write("vda", 4096, 512, 0x77);
    domain.write("vda", 1_000_448 - 512, 512, 9);
    domain.write("vdb", 0, 1 << 20, 255);
    domain.zero("vdb", 4096, 4096);
    domain.discard("vdb", 65536, 65536);
    domain.flush("vdb");

    assertThat(byteAt(odd, 4095)).isZero();
    assertThat(byteAt(odd, 4096)).isEqualTo(0x77);
    assertThat(byteAt(odd, 1_000_447)).isEqualTo(9);
    assertThat(Files.size(odd)).isEqualTo(1_000_448);
    assertThat(byteAt(domain.rawDisk("vdb"), 4096)).isZero();
    assertThat(byteAt(domain.rawDisk("vdb"), 8192)).isEqualTo(255);
    assertThat(byteAt(domain.rawDisk("vdb"), 65536)).isZero();
  }

  @Test
  void aWriteBeyondTheEndOfABlankDiskIsRefused() {
    var domain = lab.blankDomain("short", 65536);

    assertThatThrownBy(() -> domain.write("vda", 65536, 512, 1))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("write failed");
    assertThatThrownBy(() -> domain.write("vda", 100, 512, 1))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("multiples of 512");
    assertThatThrownBy(() -> domain.write("vdz", 0, 512, 1))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("no disk 'vdz'");
  }

  @Test
  void aBlankDomainIsPoweredKilledAndRemoved() {
    var domain = lab.blankDomain("power", 65536);
    var raw = domain.rawDisk("vda");

    domain.shutdown();
    assertThat(domain.state()).isEqualTo("shut off");
    domain.start();
    domain.killQemu();
    assertThat(domain.state()).isEqualTo("shut off");
    domain.destroy();

    assertThat(raw).doesNotExist();
    assertThat(lab.virsh("list", "--all", "--name").lines()).doesNotContain(domain.name());
  }

  @Test
  void closingTheFixtureRemovesItsDomainsAndNoOthers() {
    var other = lab.blankDomain("kept", 65536);
    String gone;
    try (var second = Lab.up(Lab.uniqueSuffix())) {
      gone = second.blankDomain("gone", 65536).name();
    }

    assertThat(lab.virsh("list", "--name").lines()).contains(other.name()).doesNotContain(gone);
  }

  @Test
  void anInterruptedFixtureRemovesItsDomainsToo() {
    String gone;
    boolean stillInterrupted;
    try (var second = Lab.up(Lab.uniqueSuffix())) {
      gone = second.blankDomain("interrupted", 65536).name();
      Thread.currentThread().interrupt();
    } finally {
      stillInterrupted = Thread.interrupted();
    }

    assertThat(stillInterrupted).isTrue();
    assertThat(lab.virsh("list", "--all", "--name").lines()).doesNotContain(gone);
  }

  private static int byteAt(Path file, long offset) throws IOException {
    try (var access = new RandomAccessFile(file.toFile(), "r")) {
      access.seek(offset);
      return access.read();
    }
  }

  private static long allocatedBytes(Path file) throws IOException {
    var du = new ProcessBuilder("du", "--block-size=1", file.toString()).start();
    try (var output = du.inputReader()) {
      return Long.parseLong(output.readLine().split("\t", 2)[0]);
    }
  }
}

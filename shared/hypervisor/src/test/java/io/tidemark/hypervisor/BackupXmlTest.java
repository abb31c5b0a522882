package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupXmlTest {
  private static final BackupXml BACKUP =
      new BackupXml(
          Path.of("/run/a & 'b'.sock"),
          List.of(
              new BackupXml.Disk(
                  "vda", true, Optional.of("c<1>"), "vda", "changes", Path.of("/s/a'.qcow2")),
              new BackupXml.Disk(
                  "vdb", true, Optional.empty(), "vdb", "changes", Path.of("/s/b.qcow2")),
              BackupXml.Disk.leftOut("vdc")));

  @Test
  void eachDiskIsIncrementalOrFullOrLeftOut() {
    assertThat(BACKUP.toXml())
        .isEqualTo(
            """
            <domainbackup mode='pull'>
              <server transport='unix' socket='/run/a &amp; &apos;b&apos;.sock'/>
              <disks>
                <disk name='vda' backup='yes' type='file' backupmode='incremental' incremental='c&lt;1&gt;' exportbitmap='changes' exportname='vda'>
                  <driver type='qcow2'/>
                  <scratch file='/s/a&apos;.qcow2'/>
                </disk>
                <disk name='vdb' backup='yes' type='file' backupmode='full' exportname='vdb'>
                  <driver type='qcow2'/>
                  <scratch file='/s/b.qcow2'/>
                </disk>
                <disk name='vdc' backup='no'/>
              </disks>
            </domainbackup>
            """);
  }

  @Test
  void aJobIsKnownByItsSocket() {
    assertThat(BackupXml.socketOf(BACKUP.toXml())).contains(BACKUP.socket());
    assertThat(BackupXml.socketOf("<domainbackup mode='push'/>")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> BackupXml.socketOf("<domain/>"));
  }

  @Test
  void aCheckpointSaysWhichDisksItTracks() {
    assertThat(new CheckpointXml("c'1", Map.of("vdb", false, "vda", true)).toXml())
        .isEqualTo(
            """
            <domaincheckpoint>
              <name>c&apos;1</name>
              <disks>
                <disk name='vda' checkpoint='bitmap'/>
                <disk name='vdb' checkpoint='no'/>
              </disks>
            </domaincheckpoint>
            """);
  }
}

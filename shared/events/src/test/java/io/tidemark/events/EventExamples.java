package io.tidemark.events;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One example of every event, telling one story; docs/events.md shows them. */
final class EventExamples {
  private static final String HOST = "kvm1";
  private static final String DOMAIN = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";
  private static final String NAME = "web1";
  private static final String BACKUP = "3f2a91c4-77e1-4a0e-9a55-0d2f6f3c9b70";
  private static final String PARENT = "b81d6c55-0f0e-4f31-8a6e-1f7c5f1a2d03";
  private static final String RESTORE = "0c9d7a9e-6a3c-4d1b-8f2f-52b7f7a41f64";
  private static final String CUT = "b94d27b9934d3e08";
  private static final String CONVERSION = "9b1f0a34-2c58-4b7f-b0d4-8d8f3b6f1e27";
  private static final String CHECKPOINT = "tidemark-3f2a91c4-20260401120000";
  private static final String RAW = "/dev/vg0/web1";
  private static final String META =
      "/var/lib/libvirt/tidemark/metadata/4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11/vda.qcow2";
  private static final String ROOT =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
          + ":5d41402abc4b2a76b9719d911017c592:12";
  private static final String HASH =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final Instant INSTANT = Instant.parse("2026-04-01T12:00:00.125Z");
  private static final String WORKER = "kvm1-4711";

  private EventExamples() {}

  static List<Event> all() {
    return List.of(
        new DomainSeen(HOST, domain(DomainState.RUNNING)),
        new DomainChanged(HOST, domain(DomainState.SHUT_OFF)),
        new DomainGone(HOST, DOMAIN, NAME),
        new ConversionRequested(CONVERSION, NAME, List.of("vda"), ConversionMode.APPLY, true),
        new ConversionPlanned(
            CONVERSION,
            HOST,
            DOMAIN,
            NAME,
            ConversionMode.APPLY,
            List.of(conversion(Optional.empty())),
            "-    <source dev='" + RAW + "'/>\n+    <source file='" + META + "'>\n",
            List.of("qemu-img amend -f qcow2 -o data_file=" + RAW + ",data_file_raw=on " + META),
            true),
        new ConversionApplied(
            CONVERSION, HOST, DOMAIN, NAME, List.of(conversion(Optional.of(HASH))), true),
        new ConversionReverted(
            CONVERSION, HOST, DOMAIN, NAME, List.of(conversion(Optional.of(HASH))), false),
        new ConversionFailed(
            CONVERSION, NAME, "VM web1 is running: use --restart, or shut it down first."),
        new BackupRequested(BACKUP, NAME, BackupKind.AUTO, List.of()),
        new BackupAccepted(
            BACKUP,
            HOST,
            DOMAIN,
            NAME,
            false,
            List.of(),
            Optional.of(
                new ParentPoint(
                    PARENT, Optional.of("tidemark-b81d6c55-20260331120000"), List.of(parent())))),
        new BackupStarted(
            BACKUP,
            HOST,
            DOMAIN,
            NAME,
            Optional.of(CHECKPOINT),
            Optional.of(PARENT),
            Consistency.FILESYSTEM,
            INSTANT,
            "<domain type='kvm'>…</domain>",
            List.of(disk())),
        new BackupShardPlanned(
            BACKUP,
            0,
            0,
            268_435_456,
            disk(),
            Optional.of(HOST),
            Optional.of(DOMAIN),
            0,
            Optional.of(CUT),
            Optional.empty()),
        new ShardsPlanned(
            BACKUP,
            List.of(new DiskPlan("vda", DiskMode.INCREMENTAL, Optional.empty(), 1, 3_145_728)),
            Optional.of(CUT)),
        new ShardProgress(
            BACKUP,
            JobKind.BACKUP,
            "vda",
            0,
            WORKER,
            1_048_576,
            3_145_728,
            Optional.of(HOST),
            Optional.of(DOMAIN)),
        new ShardsWaiting(WORKER, 5),
        new ShardsWanted("kvm1-4712", WORKER, List.of(3, 9)),
        new ShardExtracted(
            BACKUP,
            "vda",
            0,
            WORKER,
            Map.of(7L, ROOT),
            3_145_728,
            2_097_152,
            65_536,
            1_064_960,
            Optional.of(
                new PackDescription("5d41402abc4b2a76b9719d911017c592", 2_045_000, 1_064_960)),
            184,
            Optional.of(CUT)),
        new ShardFailed(
            BACKUP,
            JobKind.BACKUP,
            "vda",
            0,
            WORKER,
            "The repository /srv/tidemark is full: free space or name another, then back up again."),
        new RestorePointSealed(
            BACKUP,
            HOST,
            DOMAIN,
            NAME,
            Optional.of(PARENT),
            DiskMode.INCREMENTAL,
            Optional.of(CHECKPOINT),
            INSTANT.plusMillis(640),
            List.of(
                new SealedDisk(
                    "vda",
                    10_737_418_240L,
                    3_145_728,
                    2_097_152,
                    65_536,
                    1_064_960,
                    DiskMode.INCREMENTAL,
                    Optional.empty()))),
        new BackupFailed(
            BACKUP, Optional.of(HOST), NAME, "VM web1 was shut off while its backup was running."),
        new BackupJobEnded(
            BACKUP,
            HOST,
            DOMAIN,
            JobOutcome.COMPLETED,
            List.of(CHECKPOINT),
            List.of("tidemark-b81d6c55-20260331120000"),
            ""),
        new RestoreRequested(RESTORE, BACKUP, Optional.of("/srv/restored"), Map.of(), false),
        new RestoreAccepted(
            RESTORE,
            HOST,
            BACKUP,
            NAME,
            "<domain type='kvm'>…</domain>",
            Optional.of("/srv/restored/web1.xml"),
            false,
            List.of(restoreDisk())),
        new RestoreTargetReady(RESTORE, HOST, List.of(restoreTarget())),
        new RestoreShardPlanned(
            RESTORE,
            0,
            0,
            536_870_912,
            restoreTarget(),
            Optional.of(HOST),
            1,
            Optional.of(CUT),
            Optional.of(17)),
        new RestoreShardsPlanned(RESTORE, Map.of("vda", 20), Optional.of(CUT)),
        new ShardRestored(
            RESTORE, "vda", 0, WORKER, 410_000_000, 126_870_912, 912, Optional.of(CUT)),
        new RestoreDataWritten(RESTORE, HOST),
        new RestoreCompleted(
            RESTORE,
            List.of(
                new RestoredFile(Optional.of("vda"), "/srv/restored/web1-vda.raw", 10_737_418_240L),
                new RestoredFile(Optional.empty(), "/srv/restored/web1.xml", 5_120))),
        new RestoreFailed(
            RESTORE,
            Optional.of(HOST),
            "/srv/restored/web1-vda.raw exists: choose another directory, or use --overwrite."));
  }

  private static DomainDescription domain(DomainState state) {
    return new DomainDescription(
        DOMAIN,
        NAME,
        state,
        List.of(
            new DiskDescription(
                "vda",
                RAW,
                "raw",
                10_737_418_240L,
                Protection.PROTECTED,
                "a metadata image keeps its bitmaps",
                Optional.of(META))));
  }

  private static DiskConversion conversion(Optional<String> hash) {
    return new DiskConversion("vda", RAW, META, 10_737_418_240L, hash, hash);
  }

  private static ParentDisk parent() {
    return new ParentDisk("vda", 10_737_418_240L, ROOT, true);
  }

  private static BackupDisk disk() {
    return new BackupDisk(
        "vda",
        RAW,
        "raw",
        10_737_418_240L,
        "nbd+unix:///vda?socket=/var/lib/libvirt/tidemark/sockets/3f2a91c4.sock",
        Optional.of("qemu:dirty-bitmap:backup-vda"),
        DiskMode.INCREMENTAL,
        Optional.empty(),
        true,
        Optional.of(parent()));
  }

  private static RestoreDisk restoreDisk() {
    return new RestoreDisk("vda", 10_737_418_240L, ROOT, "/srv/restored/web1-vda.raw");
  }

  private static RestoreTarget restoreTarget() {
    return new RestoreTarget(
        restoreDisk(),
        "nbd+unix:///vda?socket=/var/lib/libvirt/tidemark/sockets/0c9d7a9e-vda.sock",
        true);
  }
}

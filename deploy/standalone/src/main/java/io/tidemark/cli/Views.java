package io.tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the API answers, and what {@code --json} prints: the names are documented in docs/cli.md and
 * stable. Sizes are bytes.
 */
public final class Views {
  private Views() {}

  public record Vm(
      String name,
      String uuid,
      String hypervisor,
      String state,
      List<VmDisk> disks,
      Optional<LastPoint> lastPoint) {}

  public record VmDisk(
      String target,
      String source,
      String format,
      long sizeBytes,
      String protection,
      String reason,
      Optional<String> metadataImage) {}

  public record LastPoint(String id, String kind, Instant createdAt) {}

  public record VmList(List<Vm> vms, Optional<String> next) {}

  public record Point(
      String id,
      String vm,
      String vmUuid,
      Optional<String> parent,
      String kind,
      String state,
      String consistency,
      Optional<String> checkpoint,
      Instant createdAt,
      Optional<Instant> sealedAt,
      long durationMillis,
      List<PointDisk> disks) {

    public long readBytes() {
      return disks.stream().mapToLong(PointDisk::readBytes).sum();
    }

    public long changedBytes() {
      return disks.stream().mapToLong(PointDisk::changedBytes).sum();
    }

    public long storedBytes() {
      return disks.stream().mapToLong(PointDisk::storedBytes).sum();
    }
  }

  public record PointDisk(
      String target,
      long sizeBytes,
      long readBytes,
      long changedBytes,
      long zeroBytes,
      long storedBytes,
      String mode,
      Optional<String> reason) {}

  public record PointList(List<Point> points, Optional<String> next) {}

  /** What a collection of garbage did, or would do. */
  public record Garbage(
      boolean dryRun,
      long packs,
      long deletedPacks,
      long deletedBytes,
      long compactedPacks,
      long compactedBytes,
      long waitingPacks,
      List<String> damagedPacks) {}

  public record Job(
      String id,
      String type,
      String vm,
      String state,
      Optional<String> stage,
      Optional<String> reason,
      Optional<JobProgress> progress,
      Optional<JsonNode> result) {

    public boolean ended() {
      return succeeded() || "failed".equals(state);
    }

    public boolean succeeded() {
      return "succeeded".equals(state);
    }
  }

  public record JobProgress(
      long doneBytes, long totalBytes, double bytesPerSecond, Optional<Double> secondsLeft) {}

  public record Conversion(
      String mode,
      boolean restarted,
      boolean restartNeeded,
      List<ConvertedDisk> disks,
      String xmlDiff,
      List<String> commands) {}

  public record ConvertedDisk(
      String target,
      String source,
      String metadataImage,
      long sizeBytes,
      Optional<String> sha256Before,
      Optional<String> sha256After) {}

  public record Restored(List<RestoredFile> files) {}

  public record RestoredFile(Optional<String> target, String path, long sizeBytes) {}

  public record Verification(boolean ok, long checkedBytes, List<Damage> damaged) {}

  public record Damage(
      List<String> points,
      Optional<String> target,
      long offset,
      long lengthBytes,
      Optional<String> pack,
      String reason) {}

  /** What a rebuild came to; the ids of points whose manifest can't be read. */
  public record Rebuilt(long points, long imported, List<String> unreadable) {}

  public record Problem(Optional<String> title, Optional<String> detail) {}
}

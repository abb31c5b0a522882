package io.tidemark.catalog.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointDisk;
import io.tidemark.catalog.point.PointState;
import io.tidemark.events.DiskMode;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreRequested;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreTargetsTest {
  private static final RestoreRoots ANYWHERE = new RestoreRoots(List.of());

  @ParameterizedTest
  @ValueSource(strings = {"..", "../../etc/passwd", "/etc/passwd", "a/b", ".", "a\nb"})
  void noNameOfAVmLeadsOutOfTheDirectory(String name) {
    var verdict = RestoreTargets.of(into("/out"), Optional.of(point(name)), ANYWHERE);

    assertThat(verdict).isInstanceOf(RestoreTargets.Planned.class);
    assertThat(((RestoreTargets.Planned) verdict).disks())
        .extracting(RestoreDisk::path)
        .allMatch(path -> path.matches("/out/[^/\n]+"));
  }

  @Test
  void twoDisksAreNeverWrittenToOnePath() {
    RestoreRequested request =
        new RestoreRequested(
            "r", "p", Optional.empty(), Map.of("vda", "/dev/x", "vdb", "/dev/../dev/x"), true);

    assertThat(RestoreTargets.of(request, Optional.of(point("web")), ANYWHERE))
        .isInstanceOf(RestoreTargets.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/out/../etc/cron.d",
        "/out/./../etc",
        "/output",
        "/etc",
        "/",
        "/out/a/../../../out/../root"
      })
  void nothingIsRestoredOutsideOfTheRoots(String directory) {
    RestoreRoots roots = new RestoreRoots(List.of(Path.of("/out")));
    RestoreRequested byPath =
        new RestoreRequested(
            "r", "p", Optional.empty(), Map.of("vda", directory + "/shadow"), true);

    assertThat(RestoreTargets.of(into(directory), Optional.of(point("web")), roots))
        .isInstanceOf(RestoreTargets.Refused.class);
    assertThat(RestoreTargets.of(byPath, Optional.of(point("web")), roots))
        .isInstanceOf(RestoreTargets.Refused.class);
    assertThat(RestoreTargets.of(into("/out/a/../b"), Optional.of(point("web")), roots))
        .isInstanceOf(RestoreTargets.Planned.class);
  }

  private static RestoreRequested into(String directory) {
    return new RestoreRequested("r", "p", Optional.of(directory), Map.of(), false);
  }

  private static Point point(String vm) {
    return new Point(
        "p",
        "u",
        vm,
        "kvm1",
        Optional.empty(),
        DiskMode.FULL,
        PointState.SEALED,
        "crash",
        Optional.empty(),
        "<domain/>",
        Instant.EPOCH,
        Instant.EPOCH,
        Optional.empty(),
        List.of(disk("vda"), disk("vdb")),
        List.of());
  }

  private static PointDisk disk(String target) {
    return new PointDisk(
        target, 1, "nil", true, DiskMode.FULL, Optional.empty(), "/dev/a", "raw", 0, 0, 0, 0);
  }
}

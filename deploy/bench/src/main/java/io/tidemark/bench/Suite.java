package io.tidemark.bench;

import io.tidemark.cli.ApiClient;
import io.tidemark.cli.Views;
import io.tidemark.demo.SuiteProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Tidemark itself, as {@code tidemark up}, asked through its API and metered from outside. */
final class Suite implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;

  private final SuiteProcess process;
  private final ApiClient api;
  private final ProcessMeter meter;

  private Suite(SuiteProcess process) {
    this.process = process;
    this.api = process.api();
    this.meter = new ProcessMeter(process.pid());
  }

  /**
   * Starts one of its own.
   *
   * @param options of {@code tidemark up}, beyond those that a comparison needs
   */
  static Suite start(String libvirtUri, Path directory, String http, List<String> options) {
    List<String> all =
        Stream.concat(
                Stream.of("--host-directory", directory.resolve("host").toString()),
                options.stream())
            .toList();
    return new Suite(
        SuiteProcess.start(
            libvirtUri, directory.resolve("data"), http, all.toArray(String[]::new)));
  }

  /** Waits until the inventory knows the VM in that state. */
  void awaitVm(String name, String state) {
    for (int i = 0; i < PATIENCE_SECONDS * 10; i++) {
      Views.VmList vms = api.get("vms", Views.VmList.class);
      if (vms.vms().stream().anyMatch(vm -> vm.name().equals(name) && vm.state().equals(state))) {
        return;
      }
      pause();
    }
    throw new BenchFailure("VM " + name + " does not become " + state);
  }

  void convert(String vm) {
    await(api.post("conversions", Map.of("vm", vm, "mode", "apply"), Views.Job.class));
  }

  /**
   * Makes a restore point.
   *
   * @param kind {@code full} or {@code auto}
   */
  Point backup(String vm, String kind) {
    Metered<Views.Job> job =
        metered(() -> await(api.post("backups", Map.of("vm", vm, "kind", kind), Views.Job.class)));
    Views.Point point = api.get("points/" + job.result().id(), Views.Point.class);
    return new Point(point.id(), job.usage().withStoredBytes(point.storedBytes()));
  }

  /** Restores all disks of a point to new files in a directory. */
  Usage restore(String point, Path directory) {
    return metered(() ->
            await(
                api.post(
                    "restores",
                    Map.of("point", point, "directory", directory.toString(), "disks", Map.of()),
                    Views.Job.class)))
        .usage();
  }

  /** Afterwards a full backup has nothing to compare itself with. */
  void forget(String point) {
    api.delete("points/" + point);
  }

  /** Forgets all points of a VM. */
  void forgetAll(String vm) {
    List<Views.Point> points =
        api.get("points?vm=" + ApiClient.segment(vm), Views.PointList.class).points();
    points.forEach(point -> forget(point.id()));
  }

  @Override
  public void close() {
    process.close();
  }

  /** A restore point and what it took. */
  record Point(String id, Usage usage) {}

  private record Metered<T>(T result, Usage usage) {}

  private <T> Metered<T> metered(Supplier<T> work) {
    meter.resetPeaks();
    double cpu = meter.cpuSeconds();
    long start = System.nanoTime();
    T result = work.get();
    double wall = (System.nanoTime() - start) / 1e9;
    return new Metered<>(
        result,
        new Usage(
            wall, wall, meter.cpuSeconds() - cpu, meter.peakRssBytes(), OptionalLong.empty()));
  }

  private Views.Job await(Views.Job started) {
    Views.Job job = started;
    while (!job.ended()) {
      job = api.get("jobs/" + job.id() + "?wait=10", Views.Job.class);
    }
    if (!job.succeeded()) {
      throw new BenchFailure(job.reason().orElse("the " + job.type() + " failed"));
    }
    return job;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }
}

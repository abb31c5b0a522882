package io.tidemark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Adds up what this process takes for some of the things that it does. */
final class Stopwatch {
  private static final double NANOS = 1e9;

  private final OperatingSystemMXBean process =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long wallNanos;
  private long cpuNanos;

  /** Does it, with the watch running. */
  <T> T time(Supplier<T> work) {
    long cpu = process.getProcessCpuTime();
    long wall = System.nanoTime();
    T result = work.get();
    wallNanos += System.nanoTime() - wall;
    cpuNanos += process.getProcessCpuTime() - cpu;
    return result;
  }

  /** What has come together. */
  Measure measure(String name, long bytes) {
    return new Measure(name, bytes, wallNanos / NANOS, cpuNanos / NANOS);
  }
}

package io.tidemark.bench;

import java.util.OptionalLong;

/**
 * What one run cost.
 *
 * @param wallSeconds from the request to the durable result, or to the tool's exit
 * @param cpuSeconds user and system time of the tool's processes; QEMU's is not in it, since it
 *     serves all tools alike
 * @param peakRssBytes of the largest process
 * @param storedBytes what it wrote; empty if it keeps nothing
 */
record Usage(double wallSeconds, double cpuSeconds, long peakRssBytes, OptionalLong storedBytes) {

  Usage withStoredBytes(long bytes) {
    return new Usage(wallSeconds, cpuSeconds, peakRssBytes, OptionalLong.of(bytes));
  }
}

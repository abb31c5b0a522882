package io.tidemark.bench;

import java.util.OptionalLong;

/**
 * What one run cost.
 *
 * @param wallSeconds from the request to the tool's own word that it is done
 * @param durableSeconds until what it wrote is on stable storage too; the same for a tool that says
 *     so only then
 * @param cpuSeconds user and system time of the tool's processes; QEMU's is not in it, since it
 *     serves all tools alike
 * @param peakRssBytes of the largest process
 * @param storedBytes what it wrote; empty if it keeps nothing
 */
record Usage(
    double wallSeconds,
    double durableSeconds,
    double cpuSeconds,
    long peakRssBytes,
    OptionalLong storedBytes) {

  Usage withStoredBytes(long bytes) {
    return new Usage(wallSeconds, durableSeconds, cpuSeconds, peakRssBytes, OptionalLong.of(bytes));
  }

  /** Makes durable what the tool left in the page cache, and counts that. */
  Usage madeDurable(Folder folder) {
    return new Usage(
        wallSeconds, wallSeconds + folder.syncSeconds(), cpuSeconds, peakRssBytes, storedBytes);
  }
}

package io.tidemark.bench;

/**
 * Something that was done once, and what it took.
 *
 * @param bytes plain bytes that it had to look at, for figures per second and per GiB
 * @param cpuSeconds user and system time of this process
 */
record Measure(String name, long bytes, double wallSeconds, double cpuSeconds) {}

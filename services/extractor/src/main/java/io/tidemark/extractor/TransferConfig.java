package io.tidemark.extractor;

import io.tidemark.repository.Geometry;

/**
 * How bytes move between an export and the repository.
 *
 * @param connections to one export, for each shard, 1 to 16; one is best on a local socket, more
 *     add up where each is limited
 * @param requestsInFlight NBD requests under way on one connection, 1 to 256
 * @param requestBytes largest NBD read or write, a multiple of the block size up to 32 MiB
 * @param bytesInFlight of one shard, between export and pack, at least one request
 * @param cpuThreads that hash and compress
 */
public record TransferConfig(
    int connections, int requestsInFlight, int requestBytes, long bytesInFlight, int cpuThreads) {

  private static final int MIB = 1 << 20;

  public TransferConfig {
    Requirement.range("connections", connections, 1, 16);
    Requirement.range("requestsInFlight", requestsInFlight, 1, 256);
    Requirement.that(
        requestBytes >= Geometry.BLOCK_BYTES
            && requestBytes <= 32 * MIB
            && requestBytes % Geometry.BLOCK_BYTES == 0,
        "requestBytes must be a multiple of 64 KiB up to 32 MiB, not " + requestBytes);
    Requirement.that(
        bytesInFlight >= requestBytes,
        "bytesInFlight must be at least the "
            + requestBytes
            + " of a request, not "
            + bytesInFlight);
    Requirement.range("cpuThreads", cpuThreads, 1, 1024);
  }

  /** What suits a local socket: a thread for each processor, 4 MiB of a shard in memory. */
  public static TransferConfig defaults() {
    return new TransferConfig(1, 8, 512 << 10, 4 * MIB, Runtime.getRuntime().availableProcessors());
  }

  /** The same with so many connections. */
  public TransferConfig withConnections(int count) {
    return new TransferConfig(count, requestsInFlight, requestBytes, bytesInFlight, cpuThreads);
  }

  /** The same with so many requests under way on a connection. */
  public TransferConfig withRequestsInFlight(int count) {
    return new TransferConfig(connections, count, requestBytes, bytesInFlight, cpuThreads);
  }

  /** The same with requests of at most so many bytes. */
  public TransferConfig withRequestBytes(int bytes) {
    return new TransferConfig(connections, requestsInFlight, bytes, bytesInFlight, cpuThreads);
  }

  /** The same with so many bytes of a shard in memory. */
  public TransferConfig withBytesInFlight(long bytes) {
    return new TransferConfig(connections, requestsInFlight, requestBytes, bytes, cpuThreads);
  }

  /** The same with so many threads. */
  public TransferConfig withCpuThreads(int count) {
    return new TransferConfig(connections, requestsInFlight, requestBytes, bytesInFlight, count);
  }
}

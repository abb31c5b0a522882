package io.tidemark.nbd;

import java.time.Duration;
import java.util.List;

/**
 * How a connection is made and used.
 *
 * @param metaContexts metadata contexts to select; the server must grant every one
 * @param connectTimeout for the connection and the whole handshake together
 * @param requestTimeout how long requests may wait without a byte from the server; each must be
 *     answered within five times that, or more where a slow link has much to carry
 * @param slowRequestTimeout the same for what keeps healthy storage busy for long: FLUSH,
 *     WRITE_ZEROES, TRIM, writes with FUA and other writes that are behind such; and the most that
 *     {@link NbdConnection#close()} waits for
 * @param maxInFlight requests sent and not yet answered, 1 to 1024; QEMU reads at most 16
 * @param maxBytesInFlight payload of reads and writes sent and not yet answered, at least 1; one
 *     request that is larger goes alone
 */
public record NbdOptions(
    List<String> metaContexts,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration slowRequestTimeout,
    int maxInFlight,
    long maxBytesInFlight) {
  private static final long DEFAULT_BYTES_IN_FLIGHT = 64L << 20;

  /** Beyond that a limit means nothing, and its arithmetic would overflow some day. */
  private static final Duration LONGEST = Duration.ofDays(365);

  public NbdOptions {
    metaContexts = List.copyOf(metaContexts);
    checkLimit(connectTimeout);
    checkLimit(requestTimeout);
    checkLimit(slowRequestTimeout);
    if (maxInFlight < 1 || maxInFlight > 1024) {
      throw new IllegalArgumentException("maxInFlight is 1 to 1024, not " + maxInFlight);
    }
    if (maxBytesInFlight < 1) {
      throw new IllegalArgumentException("maxBytesInFlight is at least 1, not " + maxBytesInFlight);
    }
    if (metaContexts.stream().distinct().count() != metaContexts.size()) {
      throw new IllegalArgumentException("a metadata context is named twice: " + metaContexts);
    }
  }

  /**
   * No contexts, 10 s to connect, 60 s for a request, 10 minutes for a slow one, 16 requests and 64
   * MiB in flight.
   */
  public static NbdOptions defaults() {
    return new NbdOptions(
        List.of(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        16,
        DEFAULT_BYTES_IN_FLIGHT);
  }

  /** Throws if it can't be the limit of anything. */
  static Duration checkLimit(Duration limit) {
    if (!limit.isPositive() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "a limit is more than nothing and at most a year: " + limit);
    }
    return limit;
  }

  /** The same with these metadata contexts. */
  public NbdOptions withMetaContexts(String... names) {
    return new NbdOptions(
        List.of(names),
        connectTimeout,
        requestTimeout,
        slowRequestTimeout,
        maxInFlight,
        maxBytesInFlight);
  }

  /** The same with this time-out for connection and handshake. */
  public NbdOptions withConnectTimeout(Duration timeout) {
    return new NbdOptions(
        metaContexts, timeout, requestTimeout, slowRequestTimeout, maxInFlight, maxBytesInFlight);
  }

  /** The same with this time-out for requests. */
  public NbdOptions withRequestTimeout(Duration timeout) {
    return new NbdOptions(
        metaContexts, connectTimeout, timeout, slowRequestTimeout, maxInFlight, maxBytesInFlight);
  }

  /** The same with this time-out for requests that are slow by nature. */
  public NbdOptions withSlowRequestTimeout(Duration timeout) {
    return new NbdOptions(
        metaContexts, connectTimeout, requestTimeout, timeout, maxInFlight, maxBytesInFlight);
  }

  /** The same with this many requests in flight. */
  public NbdOptions withMaxInFlight(int requests) {
    return new NbdOptions(
        metaContexts,
        connectTimeout,
        requestTimeout,
        slowRequestTimeout,
        requests,
        maxBytesInFlight);
  }

  /** The same with this many bytes in flight. */
  public NbdOptions withMaxBytesInFlight(long bytes) {
    return new NbdOptions(
        metaContexts, connectTimeout, requestTimeout, slowRequestTimeout, maxInFlight, bytes);
  }
}

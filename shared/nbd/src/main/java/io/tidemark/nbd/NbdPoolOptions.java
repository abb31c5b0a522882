package io.tidemark.nbd;

import java.time.Duration;

/**
 * How a pool of connections to one export is made and used.
 *
 * @param connections how many, 1 to 64; fewer are used where the server gives fewer, and one where
 *     it takes writes and does not promise that connections see one another's
 * @param maxBytesInFlight payload of reads and writes on all connections together that is asked for
 *     and not yet answered, at least 1; one request that is larger goes alone
 * @param reconnects how many attempts in a row are made to replace a lost connection, 0 or more;
 *     counted anew once a request has succeeded on it
 * @param reconnectDelay before the first replacement; doubles with each further one
 */
public record NbdPoolOptions(
    int connections, long maxBytesInFlight, int reconnects, Duration reconnectDelay) {
  private static final long DEFAULT_BYTES_IN_FLIGHT = 128L << 20;

  public NbdPoolOptions {
    if (connections < 1 || connections > 64) {
      throw new IllegalArgumentException("a pool has 1 to 64 connections, not " + connections);
    }
    if (maxBytesInFlight < 1 || reconnects < 0 || reconnectDelay.isNegative()) {
      throw new IllegalArgumentException("a limit of a pool is negative");
    }
  }

  /** That many connections, 128 MiB in flight, five attempts to reconnect, the first at 100 ms. */
  public static NbdPoolOptions of(int connections) {
    return new NbdPoolOptions(connections, DEFAULT_BYTES_IN_FLIGHT, 5, Duration.ofMillis(100));
  }

  /** The same with this many bytes in flight. */
  public NbdPoolOptions withMaxBytesInFlight(long bytes) {
    return new NbdPoolOptions(connections, bytes, reconnects, reconnectDelay);
  }

  /** The same with these replacements of lost connections. */
  public NbdPoolOptions withReconnects(int times, Duration firstDelay) {
    return new NbdPoolOptions(connections, maxBytesInFlight, times, firstDelay);
  }

  /** The wait before replacement number {@code attempt}, which begins at 1. */
  long delayMillis(int attempt) {
    return Math.max(1, reconnectDelay.toMillis() << Math.min(attempt - 1, 10));
  }
}

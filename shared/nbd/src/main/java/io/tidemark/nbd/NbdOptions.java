package io.tidemark.nbd;

import java.time.Duration;
import java.util.List;

/**
 * How a connection is made and used.
 *
 * @param metaContexts metadata contexts to select; the server must grant every one
 * @param connectTimeout for the connection and the whole handshake together
 * @param requestTimeout how long requests may wait without a byte from the server
 * @param maxInFlight requests sent and not yet answered, 1 to 1024; QEMU reads at most 16
 */
public record NbdOptions(
    List<String> metaContexts, Duration connectTimeout, Duration requestTimeout, int maxInFlight) {
  public NbdOptions {
    metaContexts = List.copyOf(metaContexts);
    if (maxInFlight < 1 || maxInFlight > 1024) {
      throw new IllegalArgumentException("maxInFlight is 1 to 1024, not " + maxInFlight);
    }
  }

  /** No contexts, 10 s to connect, 60 s for a request, 16 in flight. */
  public static NbdOptions defaults() {
    return new NbdOptions(List.of(), Duration.ofSeconds(10), Duration.ofSeconds(60), 16);
  }

  /** The same with these metadata contexts. */
  public NbdOptions withMetaContexts(String... names) {
    return new NbdOptions(List.of(names), connectTimeout, requestTimeout, maxInFlight);
  }

  /** The same with this time-out for connection and handshake. */
  public NbdOptions withConnectTimeout(Duration timeout) {
    return new NbdOptions(metaContexts, timeout, requestTimeout, maxInFlight);
  }

  /** The same with this time-out for requests. */
  public NbdOptions withRequestTimeout(Duration timeout) {
    return new NbdOptions(metaContexts, connectTimeout, timeout, maxInFlight);
  }

  /** The same with this many requests in flight. */
  public NbdOptions withMaxInFlight(int requests) {
    return new NbdOptions(metaContexts, connectTimeout, requestTimeout, requests);
  }
}

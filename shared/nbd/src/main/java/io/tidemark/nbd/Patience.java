package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import java.time.Duration;

/**
 * How long the server may take for a request before the connection counts as lost. It must be heard
 * of within the request's time-out; and since a single byte now and then is heard of too, as are
 * the answers to others, each request must be answered within five times that, or as long as a slow
 * link takes to carry what was in flight before it.
 */
record Patience(Duration ordinary, Duration slow) {
  /** What the slowest link carries that is still of use. */
  private static final long LEAST_BYTES_PER_SECOND = 64 << 10;

  private static final int TIMES = 5;

  Patience {
    slow = slow.compareTo(ordinary) < 0 ? ordinary : slow;
  }

  static Patience of(NbdOptions options) {
    return new Patience(options.requestTimeout(), options.slowRequestTimeout());
  }

  /** Whether a healthy server may be at it for minutes, without a word. */
  static boolean isSlow(Request request) {
    return switch (request.command()) {
      case Wire.CMD_FLUSH, Wire.CMD_TRIM, Wire.CMD_WRITE_ZEROES -> true;
      default -> (request.flags() & Wire.CMD_FLAG_FUA) != 0;
    };
  }

  /**
   * How long nothing at all may be heard of the server while this request waits.
   *
   * @param amongSlow whether a slow request is in flight: writes queue up behind it in the server's
   *     storage, while reads pass it
   */
  Duration silence(Request request, boolean amongSlow) {
    boolean write = request.command() == Wire.CMD_WRITE;
    Duration limit = isSlow(request) || (write && amongSlow) ? slow : ordinary;
    // The server can't say anything before it has all of the payload.
    return write ? limit.plus(transfer(request.lengthBytes())) : limit;
  }

  /**
   * How long the answer to a request may take.
   *
   * @param silence of this request
   * @param bytesInFlight payload that was in flight when it was sent, its own included
   */
  static Duration age(Duration silence, long bytesInFlight) {
    Duration slowest = silence.plus(transfer(bytesInFlight));
    Duration least = silence.multipliedBy(TIMES);
    return slowest.compareTo(least) > 0 ? slowest : least;
  }

  private static Duration transfer(long bytes) {
    return Duration.ofMillis(bytes * 1000 / LEAST_BYTES_PER_SECOND);
  }
}

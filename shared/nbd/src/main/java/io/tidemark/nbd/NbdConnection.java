package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An open export. Every method may be called from any thread and never blocks; its Future completes
 * on the caller's Vert.x context if there is one, else on the connection's event loop. Requests
 * above {@link NbdOptions#maxInFlight()} or {@link NbdOptions#maxBytesInFlight()} wait inside, so
 * callers bound what they ask for.
 *
 * <p>Offsets and lengths are bytes, multiples of {@link NbdExport#minBlockBytes()} and inside of
 * the export; else the methods throw {@link IllegalArgumentException}. Ranges above what one
 * request of the server may carry or span are cut into several requests.
 *
 * <p>Futures fail with {@link NbdException}: {@code Server} if the server answers with an error,
 * {@code Unsupported} if the server does not offer what is asked (nothing is sent then), {@code
 * TimedOut} and {@code Cancelled} if the caller limited the request; with all these the connection
 * goes on. Anything else means that the connection is lost, and then every request that is pending
 * fails, each once. {@link NbdException#retryable()} tells what may be tried again.
 */
public interface NbdConnection {

  /** What the server said of the export. */
  NbdExport export();

  /**
   * Reads. Holes read as zeroes. Asks for unfragmented answers (DF) where the server can.
   *
   * @param offset first byte
   * @param lengthBytes at least 1
   * @param target takes the bytes at its writer index, which advances when the Future completes
   *     well; stays the caller's, who must not release it before the Future completes. Slices of
   *     one buffer may be read into at once, over any connections, unless it is a composite buffer
   */
  Future<Void> read(long offset, int lengthBytes, ByteBuf target);

  /**
   * As {@link #read}, and looks whether there is anything but zeroes: that costs a fraction of what
   * it would later, since the bytes are in the processor's cache when they come.
   *
   * @return whether all bytes are zero
   */
  Future<Boolean> readTestingZero(long offset, int lengthBytes, ByteBuf target);

  /**
   * As {@link #read}, but lets the server answer in pieces, and so name holes instead of sending
   * zeroes.
   *
   * @return the number of bytes that came as holes: at most, and often, less than are zero
   */
  Future<Long> readSparse(long offset, int lengthBytes, ByteBuf target);

  /**
   * Writes the readable bytes of {@code source}, whose indexes stay as they are; it stays the
   * caller's, and may be released when the Future completes.
   *
   * @param flags {@link NbdFlag#FUA} or none
   */
  Future<Void> write(long offset, ByteBuf source, NbdFlag... flags);

  /**
   * Makes a range read as zeroes, by WRITE_ZEROES where the server has it, else by writing them.
   *
   * @param punchHole whether the storage may be given back
   */
  default Future<Void> writeZeroes(long offset, long lengthBytes, boolean punchHole) {
    return punchHole
        ? writeZeroes(offset, lengthBytes)
        : writeZeroes(offset, lengthBytes, NbdFlag.NO_HOLE);
  }

  /**
   * Makes a range read as zeroes, by WRITE_ZEROES where the server has it, else by writing them,
   * which {@link NbdFlag#FAST_ZERO} rules out.
   *
   * @param flags any
   */
  Future<Void> writeZeroes(long offset, long lengthBytes, NbdFlag... flags);

  /**
   * Tells the server that the content of a range does not matter any more; what it reads as
   * afterwards is not defined.
   *
   * @param flags {@link NbdFlag#FUA} or none
   */
  Future<Void> trim(long offset, long lengthBytes, NbdFlag... flags);

  /** Tells the server that a range will be read soon. */
  Future<Void> cache(long offset, long lengthBytes);

  /**
   * Completes when everything written before is durable; at once where the server has nothing to
   * flush.
   */
  Future<Void> flush();

  /**
   * The status of a whole range in one metadata context, asked for as often as it takes; neighbours
   * of equal status are joined, and the last extent ends where the range does. Fails with {@code
   * Unsupported} above {@link NbdClient#MAX_EXTENTS} extents: ask for less at a time.
   *
   * @param metaContext one of those the connection was made with
   */
  Future<List<NbdExtent>> blockStatus(String metaContext, long offset, long lengthBytes);

  /**
   * The status of a whole range in all metadata contexts that the connection was made with, as one
   * request after the other tells it; each request asks for all of them.
   *
   * @return the extents of each context by its name, as {@link #blockStatus(String, long, long)}
   *     tells them
   */
  Future<Map<String, List<NbdExtent>>> blockStatus(long offset, long lengthBytes);

  /**
   * The same connection, but a request through it that has no answer after {@code limit} fails with
   * {@code TimedOut}. The limit holds for each request on the wire, from when it is asked for, and
   * adds to those this connection has. A write that is being sent fails once the socket has taken
   * its bytes, since the buffer is in use until then.
   *
   * @param limit more than nothing and at most a year
   */
  NbdConnection withTimeout(Duration limit);

  /**
   * The same connection, but as soon as {@code cancelled} completes, the requests made through it
   * fail with {@code Cancelled}, and so do all later ones. Those that wait are not sent; the server
   * may carry out what was sent already, and takes up room in flight until it has answered. Buffers
   * are free when the Future of their request has completed: that of a write which is being sent
   * only when the socket has taken its bytes.
   */
  NbdConnection until(Future<?> cancelled);

  /** Completes when the connection is lost or closed, with the cause; never fails. */
  Future<NbdException> lost();

  /**
   * Waits for what is pending, takes leave of the server and closes. What has not ended after
   * {@link NbdOptions#slowRequestTimeout()} fails with {@code TimedOut}.
   */
  Future<Void> close();
}

package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.List;

/**
 * An open export. Every method may be called from any thread and never blocks; its Future completes
 * on the caller's Vert.x context if there is one, else on the connection's event loop. Requests
 * above {@link NbdOptions#maxInFlight()} wait inside, so callers bound what they ask for.
 *
 * <p>Futures fail with {@link NbdException}: {@code Server} if the server answers with an error
 * (the connection goes on), anything else if the connection is lost, and then every request that is
 * pending fails, each once.
 */
public interface NbdConnection {

  /** What the server said of the export. */
  NbdExport export();

  /**
   * Reads. Holes read as zeroes. Asks for unfragmented answers where the server can.
   *
   * @param offset first byte
   * @param lengthBytes at least 1; offset and length multiples of the export's smallest block
   * @param target takes the bytes at its writer index, which advances when the Future completes
   *     well; stays the caller's, who must not release it before the Future completes
   */
  Future<Void> read(long offset, int lengthBytes, ByteBuf target);

  /**
   * Writes the readable bytes of {@code source}, whose indexes stay as they are; it stays the
   * caller's, and may be released when the Future completes.
   */
  Future<Void> write(long offset, ByteBuf source);

  /**
   * Makes a range read as zeroes, by WRITE_ZEROES where the server has it, else by writing them.
   *
   * @param punchHole whether the storage may be given back
   */
  Future<Void> writeZeroes(long offset, long lengthBytes, boolean punchHole);

  /**
   * Completes when everything written before is durable; at once where the server has nothing to
   * flush.
   */
  Future<Void> flush();

  /**
   * The status of a whole range in one metadata context, asked for as often as it takes; neighbours
   * of equal status are joined, and the last extent ends where the range does.
   *
   * @param metaContext one of those the connection was made with
   */
  Future<List<NbdExtent>> blockStatus(String metaContext, long offset, long lengthBytes);

  /** Waits for what is pending, takes leave of the server and closes. */
  Future<Void> close();
}

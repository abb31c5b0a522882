package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Wire;
import java.util.List;
import java.util.Optional;

/**
 * What the server said of the export when the connection was made.
 *
 * @param name the export's name
 * @param sizeBytes its size in bytes
 * @param flags what it can do
 * @param minBlockBytes offsets and lengths must be multiples of this
 * @param preferredBlockBytes the server's favourite granularity
 * @param maxPayloadBytes the most that one request carries; longer ones are split by this library
 * @param metaContexts the metadata contexts that were selected
 */
public record NbdExport(
    String name,
    long sizeBytes,
    Flags flags,
    int minBlockBytes,
    int preferredBlockBytes,
    int maxPayloadBytes,
    List<String> metaContexts) {
  public NbdExport {
    metaContexts = List.copyOf(metaContexts);
  }

  /** Throws if a range is not inside, or not of whole blocks. */
  void checkRange(long offset, long lengthBytes) {
    boolean inside = offset >= 0 && lengthBytes > 0 && lengthBytes <= sizeBytes - offset;
    if (!inside || offset % minBlockBytes != 0 || lengthBytes % minBlockBytes != 0) {
      throw new IllegalArgumentException(
          lengthBytes
              + " bytes at "
              + offset
              + " don't fit an export of "
              + sizeBytes
              + " bytes in blocks of "
              + minBlockBytes);
    }
  }

  void checkContext(String metaContext) {
    if (!metaContexts.contains(metaContext)) {
      throw new IllegalArgumentException(
          "the metadata context '" + metaContext + "' was not selected");
    }
  }

  void checkAnyContext() {
    if (metaContexts.isEmpty()) {
      throw new IllegalArgumentException("no metadata context was selected");
    }
  }

  /**
   * The transmission flags.
   *
   * @param bits as they came
   */
  public record Flags(int bits) {
    private static final int HAS_FLAGS = 1;

    boolean valid() {
      return has(HAS_FLAGS);
    }

    /** Writing is refused. */
    public boolean readOnly() {
      return has(1 << 1);
    }

    /** FLUSH is understood. */
    public boolean canFlush() {
      return has(1 << 2);
    }

    /** Forced unit access is understood. */
    public boolean canFua() {
      return has(1 << 3);
    }

    /** TRIM is understood. */
    public boolean canTrim() {
      return has(1 << 5);
    }

    /** WRITE_ZEROES is understood. */
    public boolean canWriteZeroes() {
      return has(1 << 6);
    }

    /** A READ may ask for one unfragmented answer. */
    public boolean canDf() {
      return has(1 << 7);
    }

    /** Several connections see one another's writes after a flush. */
    public boolean canMultiConn() {
      return has(1 << 8);
    }

    /** CACHE is understood. */
    public boolean canCache() {
      return has(1 << 10);
    }

    /** WRITE_ZEROES may be asked to fail rather than be slow. */
    public boolean canFastZero() {
      return has(1 << 11);
    }

    /** What the export lacks for a command with these flags, to follow "the export". */
    Optional<String> missing(int command, int commandFlags) {
      boolean writes =
          command == Wire.CMD_WRITE || command == Wire.CMD_WRITE_ZEROES || command == Wire.CMD_TRIM;
      if (writes && readOnly()) {
        return Optional.of("is read-only");
      }
      if ((commandFlags & ~allowed(command)) != 0) {
        return Optional.of("is asked for a flag that the command doesn't have");
      }
      if ((command == Wire.CMD_TRIM && !canTrim())
          || (command == Wire.CMD_CACHE && !canCache())
          || (command == Wire.CMD_WRITE_ZEROES && !canWriteZeroes())) {
        return Optional.of("does not offer command " + command);
      }
      if ((commandFlags & Wire.CMD_FLAG_FUA) != 0 && !canFua()) {
        return Optional.of("does not offer FUA; write, then flush");
      }
      if ((commandFlags & Wire.CMD_FLAG_FAST_ZERO) != 0 && !canFastZero()) {
        return Optional.of("does not offer fast zeroing");
      }
      return Optional.empty();
    }

    private static int allowed(int command) {
      return switch (command) {
        case Wire.CMD_WRITE, Wire.CMD_TRIM -> Wire.CMD_FLAG_FUA;
        case Wire.CMD_WRITE_ZEROES ->
            Wire.CMD_FLAG_FUA | Wire.CMD_FLAG_NO_HOLE | Wire.CMD_FLAG_FAST_ZERO;
        default -> 0;
      };
    }

    private boolean has(int flag) {
      return (bits & flag) != 0;
    }
  }
}

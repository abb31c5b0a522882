package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.Wire;
import java.util.List;

/**
 * The information replies to GO ("NBD_REP_INFO"): they come in any order, unknown ones are passed
 * over.
 */
final class ExportInfo {
  private static final int EXPORT_BYTES = 12;
  private static final int BLOCK_SIZE_BYTES = 14;

  /** "Block size constraints": what a client may use when nothing was said. */
  private static final int DEFAULT_MAX_PAYLOAD = 1 << 25;

  private static final int MAX_MIN_BLOCK = 1 << 16;

  private final String name;
  private long sizeBytes = -1;
  private NbdExport.Flags flags = new NbdExport.Flags(0);
  private int minBlock = 1;
  private int preferredBlock = 4096;
  private int maxPayload = DEFAULT_MAX_PAYLOAD;

  ExportInfo(String name) {
    this.name = name;
  }

  void take(ByteBuf data) {
    if (data.readableBytes() < 2) {
      throw new IllegalReply("an information reply is too short");
    }
    switch (data.readUnsignedShort()) {
      case Wire.INFO_EXPORT -> takeExport(data);
      case Wire.INFO_BLOCK_SIZE -> takeBlockSize(data);
      default -> data.skipBytes(data.readableBytes());
    }
  }

  /** The server says that this was all. */
  void requireComplete() {
    if (sizeBytes < 0) {
      throw new IllegalReply("it acknowledges the export without telling its size");
    }
    if (sizeBytes % minBlock != 0) {
      throw new IllegalReply("the export's size is no multiple of its block size");
    }
  }

  NbdExport export(List<String> contexts) {
    return new NbdExport(name, sizeBytes, flags, minBlock, preferredBlock, maxPayload, contexts);
  }

  private void takeExport(ByteBuf data) {
    if (data.readableBytes() != EXPORT_BYTES - 2) {
      throw new IllegalReply("the export information has a wrong length");
    }
    sizeBytes = data.readLong();
    flags = new NbdExport.Flags(data.readUnsignedShort());
    if (sizeBytes < 0) {
      throw new IllegalReply("the export's size is beyond 2^63");
    }
    if (!flags.valid()) {
      throw new IllegalReply("the export has no transmission flags");
    }
  }

  private void takeBlockSize(ByteBuf data) {
    if (data.readableBytes() != BLOCK_SIZE_BYTES - 2) {
      throw new IllegalReply("the block size information has a wrong length");
    }
    long min = data.readUnsignedInt();
    long preferred = data.readUnsignedInt();
    long max = data.readUnsignedInt();
    boolean valid =
        Long.bitCount(min) == 1
            && min <= MAX_MIN_BLOCK
            && Long.bitCount(preferred) == 1
            && preferred >= min
            && preferred >= 512
            && max >= preferred;
    if (!valid) {
      throw new IllegalReply(
          "the block sizes " + min + ", " + preferred + ", " + max + " are nonsense");
    }
    minBlock = (int) min;
    preferredBlock = (int) Math.min(preferred, DEFAULT_MAX_PAYLOAD);
    maxPayload = (int) (Math.min(max, DEFAULT_MAX_PAYLOAD) / min * min);
  }
}

package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The bytes of a pack, version 1: header, frames, footer, trailer. All numbers are big-endian. */
final class PackFormat {

  static final int VERSION = 1;
  static final int HEADER_BYTES = 64;
  static final int FRAME_HEADER_BYTES = 64;
  static final int ENTRY_BYTES = 56;
  static final int TRAILER_BYTES = 64;

  /** Longest plain content of one frame. */
  static final int MAX_CONTENT_BYTES = Geometry.BLOCK_BYTES;

  /** Payload is the plain content itself. */
  static final int ENCODING_RAW = 0;

  /** Payload is one zstd frame. */
  static final int ENCODING_ZSTD = 1;

  static final int CODEC_ZSTD = 1;
  static final int HASH_SHA256 = 1;
  static final int CIPHER_NONE = 0;

  private static final int CHECKED_HEADER_BYTES = HEADER_BYTES - Integer.BYTES;
  private static final int CHECKED_TRAILER_BYTES = 52;
  private static final int FRAME_MAGIC = 0x544d4652; // "TMFR"

  private PackFormat() {}

  /** The file header. */
  static ByteBuffer header(PackId id) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.put(ascii("TIDEPACK")).putShort((short) VERSION);
    header.put((byte) CODEC_ZSTD).put((byte) HASH_SHA256).put((byte) CIPHER_NONE);
    header.position(16);
    id.encode(header);
    header.putInt(CHECKED_HEADER_BYTES, crc(header, 0, CHECKED_HEADER_BYTES));
    return header.clear();
  }

  /** Writes the frame header at the start of {@code frame}, whose payload follows it. */
  static void frameHeader(ByteBuffer frame, Entry entry) {
    int payloadCrc = crc(frame, FRAME_HEADER_BYTES, entry.storedLength());
    ByteBuffer header = frame.duplicate().clear();
    header.putInt(FRAME_MAGIC).putInt(entry.slot());
    header.putInt(entry.storedLength()).putInt(entry.rawLength());
    entry.hash().encode(header);
    header.put((byte) entry.encoding()).put(new byte[7]);
    header.putInt(payloadCrc);
    header.putInt(crc(frame, 0, FRAME_HEADER_BYTES - Integer.BYTES));
  }

  /**
   * What is wrong with the frame at the start of {@code frame}, which the footer describes as
   * {@code entry}; or "".
   */
  static String frameProblem(ByteBuffer frame, Entry entry) {
    int end = FRAME_HEADER_BYTES - Integer.BYTES;
    if (frame.getInt(end) != crc(frame, 0, end)) {
      return "the frame header's checksum is wrong";
    }
    if (frame.getInt(0) != FRAME_MAGIC || !describes(frame, entry)) {
      return "the frame header and the footer contradict each other";
    }
    if (frame.getInt(end - Integer.BYTES) != crc(frame, FRAME_HEADER_BYTES, entry.storedLength())) {
      return "the frame's checksum is wrong";
    }
    return "";
  }

  /** The last 64 bytes of a file that is written for the first time. */
  static ByteBuffer trailer(PackId id, long footerOffset, ByteBuffer footer) {
    return trailer(id, footerOffset, footer, footer.remaining() / ENTRY_BYTES, 0);
  }

  /**
   * The last 64 bytes of the file.
   *
   * @param nextSlot how many slots were ever given
   * @param rewrites how often the pack was rewritten
   */
  static ByteBuffer trailer(
      PackId id, long footerOffset, ByteBuffer footer, int nextSlot, int rewrites) {
    int length = footer.remaining();
    int slots = length / ENTRY_BYTES;
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
    trailer.putLong(footerOffset).putLong(length).putInt(slots);
    trailer.putInt(crc(footer, footer.position(), length));
    trailer.putInt(nextSlot).putInt(rewrites);
    id.encode(trailer);
    trailer.putShort((short) VERSION).putShort((short) 0);
    trailer.putInt(crc(trailer, 0, CHECKED_TRAILER_BYTES));
    return trailer.put(ascii("TIDEPEND")).clear();
  }

  static boolean hasHeaderMagic(ByteBuffer header) {
    return header.slice(0, 8).equals(ByteBuffer.wrap(ascii("TIDEPACK")));
  }

  static int headerVersion(ByteBuffer header) {
    return Short.toUnsignedInt(header.getShort(8));
  }

  /** What is wrong with the header of the file that should be the pack {@code id}; or "". */
  static String headerProblem(ByteBuffer header, PackId id) {
    if (header.getInt(CHECKED_HEADER_BYTES) != crc(header, 0, CHECKED_HEADER_BYTES)) {
      return "the pack header's checksum is wrong";
    }
    if (header.get(10) != CODEC_ZSTD || header.get(11) != HASH_SHA256) {
      return "its codec " + header.get(10) + " or hash " + header.get(11) + " is unknown";
    }
    if (header.get(12) != CIPHER_NONE) {
      return "its cipher " + header.get(12) + " is unknown";
    }
    PackId found = PackId.decode(header.slice(16, PackId.BYTES));
    return found.equals(id) ? "" : "the file holds the pack " + found;
  }

  /** What is wrong with the trailer of the pack {@code id}, a file of {@code fileBytes}; or "". */
  static String trailerProblem(ByteBuffer trailer, PackId id, long fileBytes) {
    if (!trailer.slice(56, 8).equals(ByteBuffer.wrap(ascii("TIDEPEND")))) {
      return "the end of the file is missing: it was cut short or never finished";
    }
    if (trailer.getInt(CHECKED_TRAILER_BYTES) != crc(trailer, 0, CHECKED_TRAILER_BYTES)) {
      return "the trailer's checksum is wrong";
    }
    long offset = trailer.getLong(0);
    long length = trailer.getLong(8);
    if (offset < HEADER_BYTES
        || offset > fileBytes
        || length != fileBytes - TRAILER_BYTES - offset
        || length != (long) trailer.getInt(16) * ENTRY_BYTES
        || length < 0
        || length > Integer.MAX_VALUE) {
      return "the trailer does not fit the file's size of " + fileBytes + " bytes";
    }
    PackId found = PackId.decode(trailer.slice(32, PackId.BYTES));
    return found.equals(id) ? "" : "the trailer is that of the pack " + found;
  }

  static History history(ByteBuffer trailer) {
    return new History(trailer.getInt(24), trailer.getInt(28));
  }

  /**
   * What a pack went through.
   *
   * @param nextSlot how many slots were ever given
   * @param rewrites how often it was rewritten
   */
  record History(int nextSlot, int rewrites) {}

  static int footerCrc(ByteBuffer trailer) {
    return trailer.getInt(20);
  }

  static int crc(ByteBuffer bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(offset, length));
    return (int) crc.getValue();
  }

  private static boolean describes(ByteBuffer frame, Entry entry) {
    return frame.getInt(4) == entry.slot()
        && frame.getInt(8) == entry.storedLength()
        && frame.getInt(12) == entry.rawLength()
        && Hash.decode(frame.slice(16, Hash.BYTES)).equals(entry.hash())
        && frame.get(48) == entry.encoding();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * One line of the footer.
   *
   * @param offset where the frame header starts in the file
   */
  record Entry(int slot, int storedLength, int rawLength, int encoding, long offset, Hash hash) {

    /** The same elsewhere in the file. */
    Entry at(long position) {
      return new Entry(slot, storedLength, rawLength, encoding, position, hash);
    }

    void encode(ByteBuffer to) {
      to.putInt(slot).putInt(storedLength).putInt(rawLength);
      to.putInt(encoding << 24);
      to.putLong(offset);
      hash.encode(to);
    }

    static Entry decode(ByteBuffer from) {
      return new Entry(
          from.getInt(),
          from.getInt(),
          from.getInt(),
          from.getInt() >>> 24,
          from.getLong(),
          Hash.decode(from));
    }
  }
}

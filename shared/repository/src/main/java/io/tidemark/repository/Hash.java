package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of plain content, as four big-endian words.
 *
 * @param w0 bytes 0 to 7
 * @param w1 bytes 8 to 15
 * @param w2 bytes 16 to 23
 * @param w3 bytes 24 to 31
 */
public record Hash(long w0, long w1, long w2, long w3) {

  /** Bytes of an encoded hash. */
  static final int BYTES = 32;

  static final Hash ZERO = new Hash(0, 0, 0, 0);

  /**
   * Hashes what remains of {@code content}, direct or heap; its position does not move. Any thread.
   */
  public static Hash of(ByteBuffer content) {
    MessageDigest digest = sha256();
    digest.update(content.duplicate());
    return decode(ByteBuffer.wrap(digest.digest()));
  }

  /** Reads 64 lower-case hex digits, the form of {@link #toHex}. */
  public static Hash parse(String hex) {
    return decode(ByteBuffer.wrap(Hex.parse(hex, BYTES, "A hash")));
  }

  /** 64 lower-case hex digits. */
  public String toHex() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    encode(bytes);
    return HexFormat.of().formatHex(bytes.array());
  }

  @Override
  public String toString() {
    return toHex();
  }

  static Hash decode(ByteBuffer from) {
    return new Hash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  void encode(ByteBuffer to) {
    to.putLong(w0).putLong(w1).putLong(w2).putLong(w3);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}

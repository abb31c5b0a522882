package io.tidemark.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The name of a pack: 128 random bits, written as 32 lower-case hex digits.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes
 */
public record PackId(long high, long low) {

  /** Bytes of an encoded pack id. */
  static final int BYTES = 16;

  static final PackId ZERO = new PackId(0, 0);

  /** A new id that no other pack anywhere has. */
  public static PackId random() {
    SecureRandom random = new SecureRandom();
    return new PackId(random.nextLong(), random.nextLong());
  }

  /** Reads 32 lower-case hex digits, the form of {@link #toString}. */
  @JsonCreator
  public static PackId parse(String hex) {
    return decode(ByteBuffer.wrap(Hex.parse(hex, BYTES, "A pack id")));
  }

  /** 32 lower-case hex digits. */
  @Override
  @JsonValue
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }

  static PackId decode(ByteBuffer from) {
    return new PackId(from.getLong(), from.getLong());
  }

  void encode(ByteBuffer to) {
    to.putLong(high).putLong(low);
  }
}

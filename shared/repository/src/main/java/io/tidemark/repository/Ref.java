package io.tidemark.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;

/**
 * Where a block or node is stored and what it must hash to. It may point into any pack of the
 * repository.
 *
 * @param hash hash of the plain content
 * @param pack the pack that holds it
 * @param slot its place in that pack, 0 or more; never changes, not even when the pack is compacted
 */
public record Ref(Hash hash, PackId pack, int slot) {

  /** Bytes of an encoded reference. */
  static final int BYTES = Hash.BYTES + PackId.BYTES + Integer.BYTES;

  /** Refers to nothing: a block or a whole subtree of zeroes. Encoded as zero bytes. */
  public static final Ref NIL = new Ref(Hash.ZERO, PackId.ZERO, 0);

  public Ref {
    if (slot < 0) {
      throw new IllegalArgumentException("A slot is 0 or more, not " + slot);
    }
  }

  /** Whether this stands for zeroes. */
  public boolean isNil() {
    return equals(NIL);
  }

  /**
   * {@code nil}, or {@code <hash>:<pack>:<slot>} with hash and pack in lower-case hex and the slot
   * in decimal.
   */
  @JsonValue
  public String toText() {
    return isNil() ? "nil" : hash + ":" + pack + ":" + slot;
  }

  /** Reads the form of {@link #toText}; anything else is an {@link IllegalArgumentException}. */
  @JsonCreator
  public static Ref parse(String text) {
    if (text.equals("nil")) {
      return NIL;
    }
    String[] parts = text.split(":", -1);
    if (parts.length != 3 || !parts[2].matches("0|[1-9][0-9]{0,9}")) {
      throw new IllegalArgumentException(
          "A reference is \"nil\" or <hash>:<pack>:<slot>, not \"" + text + "\"");
    }
    return new Ref(Hash.parse(parts[0]), PackId.parse(parts[1]), Integer.parseInt(parts[2]));
  }

  @Override
  public String toString() {
    return toText();
  }

  static Ref decode(ByteBuffer from) {
    Ref ref = new Ref(Hash.decode(from), PackId.decode(from), from.getInt());
    return ref.isNil() ? NIL : ref;
  }

  void encode(ByteBuffer to) {
    hash.encode(to);
    pack.encode(to);
    to.putInt(slot);
  }
}

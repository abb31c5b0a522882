package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * 256 references in order: to blocks in a leaf node, to nodes above. Immutable; kept encoded
 * (13,320 bytes) and decoded reference by reference.
 */
public final class Node {

  /** Bytes of an encoded node: an 8 byte header and the references. */
  public static final int BYTES = 8 + Geometry.FANOUT * Ref.BYTES;

  /** The node of zeroes. It is never stored: what refers to it is {@link Ref#NIL}. */
  public static final Node NIL = of(nils());

  private static final int HEADER_BYTES = 8;
  private static final int VERSION = 1;

  private final byte[] encoded;

  private Node(byte[] encoded) {
    this.encoded = encoded;
  }

  /** The node of exactly 256 references, none of them null. */
  public static Node of(Ref[] refs) {
    if (refs.length != Geometry.FANOUT) {
      throw new IllegalArgumentException("A node has 256 references, not " + refs.length);
    }
    ByteBuffer to = ByteBuffer.allocate(BYTES);
    to.put(magic()).putShort((short) VERSION).putShort((short) Geometry.FANOUT);
    for (Ref ref : refs) {
      ref.encode(to);
    }
    return new Node(to.array());
  }

  /**
   * Reads the form of {@link #encode} from what remains of {@code from}, whose position does not
   * move.
   *
   * @throws IllegalArgumentException when that is not a node of a known version
   */
  public static Node decode(ByteBuffer from) {
    if (from.remaining() != BYTES) {
      throw new IllegalArgumentException(
          "A node has " + BYTES + " bytes, this has " + from.remaining());
    }
    byte[] bytes = new byte[BYTES];
    from.get(from.position(), bytes);
    if (!Arrays.equals(bytes, 0, HEADER_BYTES, NIL.encoded, 0, HEADER_BYTES)) {
      throw new IllegalArgumentException("This is not a node of version " + VERSION);
    }
    ByteBuffer refs = ByteBuffer.wrap(bytes);
    for (int end = HEADER_BYTES + Ref.BYTES; end <= BYTES; end += Ref.BYTES) {
      if (refs.getInt(end - Integer.BYTES) < 0) {
        throw new IllegalArgumentException("A reference names a slot that no pack can have");
      }
    }
    return new Node(bytes);
  }

  /** The stored form, read-only. */
  public ByteBuffer encode() {
    return ByteBuffer.wrap(encoded).asReadOnlyBuffer();
  }

  /** The reference at {@code index}, 0 to 255. */
  public Ref get(int index) {
    return Ref.decode(ByteBuffer.wrap(encoded, offset(index), Ref.BYTES));
  }

  /** A copy of all references, for building a changed node. */
  public Ref[] toArray() {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.setAll(refs, this::get);
    return refs;
  }

  /** Whether every reference is nil. */
  public boolean isNil() {
    return equals(NIL);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Node node && Arrays.equals(encoded, node.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    long set = Arrays.stream(toArray()).filter(ref -> !ref.isNil()).count();
    return "Node[" + set + " of " + Geometry.FANOUT + " set]";
  }

  private static int offset(int index) {
    if (index < 0 || index >= Geometry.FANOUT) {
      throw new IndexOutOfBoundsException("A node has references 0 to 255, not " + index);
    }
    return HEADER_BYTES + index * Ref.BYTES;
  }

  private static Ref[] nils() {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.fill(refs, Ref.NIL);
    return refs;
  }

  private static byte[] magic() {
    return "TMND".getBytes(StandardCharsets.US_ASCII);
  }
}

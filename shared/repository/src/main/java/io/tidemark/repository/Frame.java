package io.tidemark.repository;

import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One frame of an open pack file, about to be read. */
record Frame(Storage.Blob blob, String file, Ref ref) {

  /**
   * Reads, decompresses and re-hashes the content.
   *
   * @return the content, in a buffer of {@code scratch} that is valid until its next use
   * @throws DamagedDataException when anything about it is not as it was written
   */
  ByteBuffer read(PackFormat.Entry entry, Scratch scratch) throws IOException {
    return read(entry, scratch, scratch.plain.clear());
  }

  /**
   * Puts the content into {@code into}. On an error the position is where it was, and what lies
   * behind it is undefined.
   *
   * @return the content's length, in bytes
   * @throws DamagedDataException as {@link #read}, and when the content is longer than what remains
   */
  int readInto(ByteBuffer into, PackFormat.Entry entry, Scratch scratch) throws IOException {
    int length = entry.rawLength();
    if (length > into.remaining()) {
      throw damaged(-1, "it has " + length + " bytes where " + into.remaining() + " belong");
    }
    if (into.isDirect() && entry.encoding() == PackFormat.ENCODING_ZSTD) {
      ByteBuffer inPlace = read(entry, scratch, into.slice(into.position(), length));
      into.position(into.position() + inPlace.remaining());
    } else {
      into.put(read(entry, scratch));
    }
    return length;
  }

  private ByteBuffer read(PackFormat.Entry entry, Scratch scratch, ByteBuffer room)
      throws IOException {
    ByteBuffer frame = scratch.frame.clear();
    frame.limit(PackFormat.FRAME_HEADER_BYTES + entry.storedLength());
    if (!blob.readFully(frame, entry.offset())) {
      throw damaged(entry.offset(), "the file ends inside the frame");
    }
    String problem = PackFormat.frameProblem(frame, entry);
    if (!problem.isEmpty()) {
      throw damaged(entry.offset(), problem);
    }
    ByteBuffer plain = plain(entry, scratch, room);
    if (!Hash.of(plain).equals(ref.hash())) {
      throw damaged(entry.offset(), "the content does not have the hash that the tree states");
    }
    return plain;
  }

  /** Decodes content that was read from {@code frame} as a node. */
  static Node node(ByteBuffer content, Frame frame) {
    try {
      return Node.decode(content);
    } catch (IllegalArgumentException e) {
      throw frame.damaged(-1, "a node was expected: " + e.getMessage());
    }
  }

  DamagedDataException damaged(long offset, String problem) {
    return DamagedDataException.ofFrame(file, ref, offset, problem);
  }

  /** What comes decompressed is put at the beginning of {@code room}. */
  private ByteBuffer plain(PackFormat.Entry entry, Scratch scratch, ByteBuffer room) {
    return switch (entry.encoding()) {
      case PackFormat.ENCODING_RAW ->
          scratch.frame.slice(PackFormat.FRAME_HEADER_BYTES, rawLength(entry));
      case PackFormat.ENCODING_ZSTD -> decompressed(entry, scratch, room);
      default -> throw damaged(entry.offset(), "its encoding " + entry.encoding() + " is unknown");
    };
  }

  private int rawLength(PackFormat.Entry entry) {
    if (entry.rawLength() != entry.storedLength()) {
      throw damaged(entry.offset(), "it is stored raw with a length that differs");
    }
    return entry.rawLength();
  }

  private ByteBuffer decompressed(PackFormat.Entry entry, Scratch scratch, ByteBuffer room) {
    try {
      int length = scratch.decompress(entry.storedLength(), room);
      if (length != entry.rawLength()) {
        throw damaged(entry.offset(), "it decompresses to " + length + " bytes");
      }
      return room.slice(0, length);
    } catch (ZstdException e) {
      throw damaged(entry.offset(), "it cannot be decompressed: " + e.getMessage());
    }
  }
}

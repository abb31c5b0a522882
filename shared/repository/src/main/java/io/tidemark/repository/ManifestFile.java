package io.tidemark.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Another file of the domain, such as its NVRAM: in the manifest itself when small, else as a tree
 * like a disk's.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({
  @JsonSubTypes.Type(ManifestFile.Inline.class),
  @JsonSubTypes.Type(ManifestFile.Stored.class)
})
public sealed interface ManifestFile {

  /** What the file is, such as {@code nvram}. */
  String name();

  /** Puts {@code content} into the manifest. */
  static ManifestFile inline(String name, ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    return new Inline(name, Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * A small file.
   *
   * @param base64 its content, RFC 4648 with padding
   */
  record Inline(String name, String base64) implements ManifestFile {

    public Inline {
      requireNonNull(name, "name");
      Base64.getDecoder().decode(base64);
    }

    /** The content, read-only. */
    public ByteBuffer content() {
      return ByteBuffer.wrap(Base64.getDecoder().decode(base64)).asReadOnlyBuffer();
    }
  }

  /**
   * A file kept as blocks.
   *
   * @param sizeBytes its size
   * @param root its tree, of the same geometry as a disk's
   */
  record Stored(String name, long sizeBytes, Ref root) implements ManifestFile {

    public Stored {
      requireNonNull(name, "name");
      requireNonNull(root, "root");
      if (sizeBytes < 0) {
        throw new IllegalArgumentException("The file " + name + " has 0 bytes or more");
      }
    }
  }
}

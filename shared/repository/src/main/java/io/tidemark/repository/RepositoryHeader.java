package io.tidemark.repository;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/**
 * {@code tidemark-repository.json}: says that a directory is a repository, and of what kind.
 *
 * @param formatVersion always 1
 * @param id a random UUID, so that one repository is never taken for another
 * @param hash the hash that names content; {@code sha-256} in this version, a keyed one would have
 *     another name
 */
record RepositoryHeader(int formatVersion, String id, String hash, TreeShape geometry) {

  private static final String SHA_256 = "sha-256";

  RepositoryHeader {
    requireNonNull(id, "id");
    if (!UUID.fromString(id).toString().equals(id)) {
      throw new IllegalArgumentException("its id is not a lower-case UUID");
    }
    if (!SHA_256.equals(hash)) {
      throw new IllegalArgumentException(
          "its hash \"" + hash + "\" is unknown; version 1 knows sha-256");
    }
    requireNonNull(geometry, "geometry");
  }

  static RepositoryHeader create() {
    return new RepositoryHeader(
        UnknownFormatVersionException.SUPPORTED,
        UUID.randomUUID().toString(),
        SHA_256,
        new TreeShape(Geometry.BLOCK_BYTES, Geometry.FANOUT));
  }

  /**
   * The shape of all trees of this repository.
   *
   * @param blockBytes bytes of disk in a block
   * @param fanout references in a node
   */
  record TreeShape(int blockBytes, int fanout) {

    TreeShape {
      if (blockBytes != Geometry.BLOCK_BYTES || fanout != Geometry.FANOUT) {
        throw new IllegalArgumentException(
            "its geometry "
                + blockBytes
                + " x "
                + fanout
                + " is unknown; version 1 knows 65536 x 256");
      }
    }
  }
}

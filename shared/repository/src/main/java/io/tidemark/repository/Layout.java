package io.tidemark.repository;

import java.nio.file.Path;

/** Names inside the repository's directory. */
final class Layout {

  static final String HEADER = "tidemark-repository.json";
  static final String PACKS = "packs";
  static final String POINTS = "points";
  static final String TMP = "tmp";
  static final String PACK_SUFFIX = ".pack";
  static final String POINT_SUFFIX = ".json";

  private Layout() {}

  /** Where the pack {@code id} lives: two levels, so that no directory grows without bound. */
  static Path pack(Path packs, PackId id) {
    String name = id.toString();
    return packs.resolve(name.substring(0, 2)).resolve(name + PACK_SUFFIX);
  }
}

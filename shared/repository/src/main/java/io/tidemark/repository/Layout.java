package io.tidemark.repository;

import java.util.Optional;
import java.util.regex.Pattern;

/** Names inside the repository's directory. */
final class Layout {

  static final String HEADER = "tidemark-repository.json";
  static final String PACKS = "packs";
  static final String POINTS = "points";
  static final String TMP = "tmp";
  static final String PACK_SUFFIX = ".pack";
  static final String POINT_SUFFIX = ".json";

  private static final Pattern PACK_FILE = Pattern.compile("[0-9a-f]{32}\\" + PACK_SUFFIX);

  private Layout() {}

  /** Whose file that is; empty for what is no pack. */
  static Optional<PackId> packId(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    if (!PACK_FILE.matcher(name).matches()) {
      return Optional.empty();
    }
    return Optional.of(PackId.parse(name.substring(0, name.length() - PACK_SUFFIX.length())));
  }

  /** Where the pack {@code id} lives: two levels, so that no directory grows without bound. */
  static String pack(PackId id) {
    String name = id.toString();
    return PACKS + "/" + name.substring(0, 2) + "/" + name + PACK_SUFFIX;
  }

  /** Where the manifest of a restore point is. */
  static String point(String pointId) {
    return POINTS + "/" + pointId + POINT_SUFFIX;
  }
}

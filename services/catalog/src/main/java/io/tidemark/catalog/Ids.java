package io.tidemark.catalog;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids of jobs and points. */
public final class Ids {
  private Ids() {}

  /** A new one. */
  public static String random() {
    return UUID.randomUUID().toString();
  }

  /** {@code text} if it is a UUID, in lower case; else the UUID that is named by it. */
  public static String uuid(String text) {
    try {
      UUID parsed = UUID.fromString(text);
      if (parsed.toString().equalsIgnoreCase(text)) {
        return parsed.toString();
      }
    } catch (IllegalArgumentException e) {
      // Not a UUID: named by it, below.
    }
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }
}

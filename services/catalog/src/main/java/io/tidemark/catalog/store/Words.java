package io.tidemark.catalog.store;

import java.util.Locale;

/** Enum constants as the words that stand in tables and JSON, for example {@code shut-off}. */
public final class Words {
  private Words() {}

  /** The word for a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant for a word; {@link IllegalArgumentException} if there is none. */
  public static <E extends Enum<E>> E parse(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}

package io.tidemark.standalone;

import java.util.Locale;

/** The five services. */
enum ServiceName {
  INVENTORY,
  CONVERTER,
  CHECKPOINTER,
  EXTRACTOR,
  CATALOG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

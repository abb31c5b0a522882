package io.tidemark.catalog.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Some items of a list.
 *
 * @param next the cursor of the next page; empty on the last one
 */
public record Page<T>(List<T> items, Optional<String> next) {

  public Page {
    items = List.copyOf(items);
  }

  /** The same page of other things. */
  public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
    return new Page<>(items.stream().<R>map(mapper).toList(), next);
  }

  /** The same page of other items, one for each. */
  public <R> Page<R> with(List<R> others) {
    return new Page<>(others, next);
  }
}

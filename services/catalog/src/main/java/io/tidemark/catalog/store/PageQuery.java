package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Reads a list page by page, by key: what was read is not read again, and an index gives each page
 * at once.
 */
public final class PageQuery {
  private final String select;
  private final List<Column> order;
  private final List<String> conditions = new ArrayList<>();
  private final List<Object> arguments = new ArrayList<>();
  private final boolean descending;

  /**
   * A column that the list is ordered by.
   *
   * @param name as it is in the rows; unique with those before it
   */
  public record Column(String name, Class<?> type) {}

  private PageQuery(String select, boolean descending, List<Column> order) {
    this.select = select;
    this.descending = descending;
    this.order = order;
  }

  /** All rows of {@code select}, which has no {@code where}, the lowest first. */
  public static PageQuery ascending(String select, Column... order) {
    return new PageQuery(select, false, List.of(order));
  }

  /** All rows of {@code select}, which has no {@code where}, the highest first. */
  public static PageQuery descending(String select, Column... order) {
    return new PageQuery(select, true, List.of(order));
  }

  /** Only rows of which this is so. */
  public PageQuery where(String condition) {
    conditions.add("(" + condition + ")");
    return this;
  }

  /** Only rows of which this is so; {@code ?} stands for the argument. */
  public PageQuery where(String condition, Object argument) {
    arguments.add(argument);
    return where(condition.replace("?", "$" + arguments.size()));
  }

  /** The same if there is an argument. */
  public PageQuery where(String condition, Optional<?> argument) {
    return argument.map(value -> where(condition, (Object) value)).orElse(this);
  }

  /** Only rows after a cursor that {@link #run} gave. */
  public PageQuery after(Optional<String> cursor) {
    if (cursor.isEmpty()) {
      return this;
    }
    List<Object> values =
        Cursor.read(cursor.get(), order.stream().<Class<?>>map(Column::type).toList());
    List<String> places = new ArrayList<>();
    for (Object value : values) {
      arguments.add(value);
      places.add("$" + arguments.size());
    }
    return where(
        "(" + names("") + ") " + (descending ? "<" : ">") + " (" + String.join(", ", places) + ")");
  }

  /** Reads a page of at most {@code limit} items. */
  public <T> Future<Page<T>> run(SqlClient client, int limit, Function<Row, T> mapper) {
    return client
        .preparedQuery(sql(limit))
        .execute(Tuple.wrap(new ArrayList<>(arguments)))
        .map(rows -> {
          List<Row> read = StreamSupport.stream(rows.spliterator(), false).toList();
          List<Row> shown = read.subList(0, Math.min(limit, read.size()));
          Optional<String> next =
              read.size() > limit ? Optional.of(cursor(shown.getLast())) : Optional.empty();
          return new Page<>(shown.stream().map(mapper).toList(), next);
        });
  }

  private String sql(int limit) {
    String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    return select
        + where
        + " order by "
        + names(descending ? " desc" : "")
        + " limit "
        + (limit + 1);
  }

  private String names(String suffix) {
    return order.stream().map(column -> column.name() + suffix).collect(Collectors.joining(", "));
  }

  private String cursor(Row last) {
    return Cursor.of(
        order.stream().map(column -> last.get(column.type(), column.name())).toArray());
  }
}

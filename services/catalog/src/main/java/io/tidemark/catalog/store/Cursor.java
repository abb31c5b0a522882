package io.tidemark.catalog.store;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The place of an item in an ordered list, as text that clients send back. */
public final class Cursor {

  /** What a client sent is no cursor of this list; the message says what to do. */
  public static final class UnreadableCursorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableCursorException() {
      super(
          "The cursor is not one that this list has given: start again without it.",
          null,
          false,
          false);
    }
  }

  /** All that is written with four digits; PostgreSQL's times end later, but Java's don't. */
  private static final int LAST_YEAR = 9999;

  private Cursor() {}

  /** The text for the values that the list is ordered by. */
  public static String of(Object... values) {
    JsonArray array = new JsonArray();
    for (Object value : values) {
      array.add(value instanceof OffsetDateTime time ? time.toInstant().toString() : value);
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(array.encode().getBytes(StandardCharsets.UTF_8));
  }

  /** The values of a cursor, of the types that the list is ordered by. */
  static List<Object> read(String text, List<Class<?>> types) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      JsonArray array = new JsonArray(new String(bytes, StandardCharsets.UTF_8));
      if (array.size() != types.size()) {
        throw new UnreadableCursorException();
      }
      return java.util.stream.IntStream.range(0, types.size())
          .mapToObj(i -> value(array.getValue(i), types.get(i)))
          .toList();
    } catch (IllegalArgumentException
        | DecodeException
        | ClassCastException
        | DateTimeException e) {
      throw new UnreadableCursorException();
    }
  }

  private static Object value(Object json, Class<?> type) {
    if (type == OffsetDateTime.class) {
      return Optional.of(OffsetDateTime.parse((String) json))
          .filter(time -> time.getYear() > 0 && time.getYear() <= LAST_YEAR)
          .orElseThrow(UnreadableCursorException::new);
    }
    if (json instanceof String text && text.indexOf(0) >= 0) {
      // PostgreSQL's texts can't hold it.
      throw new UnreadableCursorException();
    }
    if (type == Long.class && json instanceof Number number) {
      return number.longValue();
    }
    return Optional.ofNullable(type.cast(json)).orElseThrow(UnreadableCursorException::new);
  }
}

package io.tidemark.catalog.store;

import io.tidemark.events.EventEnvelope;
import io.tidemark.runtime.PermanentException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.util.Set;

/** Failures that lie in what an event says: however often it comes, PostgreSQL refuses it. */
public final class DataErrors {
  /** What no column can hold, as a NUL in a text. */
  private static final String DATA = "22";

  /** What must not be absent, and what is not one of the values that there are. */
  private static final Set<String> REFUSED = Set.of("23502", "23514");

  private DataErrors() {}

  /**
   * The same outcome, but such a failure as a {@link PermanentException}: the event is set aside at
   * once, instead of keeping those behind it waiting.
   */
  public static <T> Future<T> permanent(EventEnvelope<?> envelope, Future<T> outcome) {
    return outcome.recover(failure ->
        Future.failedFuture(
            failure instanceof PgException error && isOfData(error)
                ? new PermanentException(
                    envelope.event().getClass().getSimpleName()
                        + " "
                        + envelope.id()
                        + " of "
                        + envelope.source()
                        + " holds what can't be recorded: "
                        + error.getErrorMessage()
                        + ". Send it again without that.",
                    error)
                : failure));
  }

  private static boolean isOfData(PgException error) {
    String state = String.valueOf(error.getSqlState());
    return state.startsWith(DATA) || REFUSED.contains(state);
  }
}

package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What is too much for one request, and how it is done in many. */
class PartsTest {
  private final List<Long> begun = new ArrayList<>();
  private final Queue<Promise<Long>> pending = new ArrayDeque<>();

  @Test
  void noMoreAreUnderWayThanMayBeAndTogetherTheyAreTheWhole() {
    Future<Long> whole = parts(1_000_000, 3, 4);

    while (!pending.isEmpty()) {
      assertThat(pending).hasSizeLessThanOrEqualTo(4);
      pending.remove().complete(1L);
    }

    assertThat(whole.result()).isEqualTo(333_334);
    assertThat(begun).hasSize(333_334).endsWith(999_999L);
  }

  @Test
  void theFirstFailureIsToldOnceAllThatWereBegunHaveEnded() {
    Future<Long> whole = parts(100, 1, 3);
    IllegalStateException first = new IllegalStateException();

    pending.remove().fail(first);
    pending.remove().fail(new IllegalStateException());
    assertThat(whole.isComplete()).isFalse();
    pending.remove().complete(1L);

    assertThat(whole.cause()).isSameAs(first);
    assertThat(begun).containsExactly(0L, 1L, 2L);
  }

  private Future<Long> parts(long total, long most, int atOnce) {
    return new Parts<>(
            total,
            most,
            atOnce,
            (from, length) -> {
              assertThat(length).isEqualTo(Math.min(most, total - from));
              begun.add(from);
              Promise<Long> promise = Promise.promise();
              pending.add(promise);
              return promise.future();
            },
            0L,
            Long::sum)
        .run();
  }
}

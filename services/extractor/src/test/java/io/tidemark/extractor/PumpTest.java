package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PumpTest {
  private final Credits credits = new Credits(3);
  private final List<Promise<Void>> begun = new ArrayList<>();
  private final AtomicInteger aborts = new AtomicInteger();
  private final Promise<Void> cancelled = Promise.promise();

  @Test
  void asManyItemsAreUnderWayAsTheCreditsAllow() {
    Future<Void> run = pump(5);

    assertThat(begun).hasSize(3);
    begun.get(1).complete();
    assertThat(begun).hasSize(4);
    begun.get(0).complete();
    begun.get(2).complete();
    begun.get(3).complete();
    assertThat(run.isComplete()).isFalse();
    begun.get(4).complete();
    assertThat(run.succeeded()).isTrue();
    assertThat(credits.free()).isEqualTo(3);
  }

  @Test
  void aFailureIsToldWhenNothingIsUnderWayAnyMore() {
    Future<Void> run = pump(5);

    begun.get(0).fail("the disk is on fire");
    assertThat(run.isComplete()).isFalse();
    assertThat(aborts).hasValue(1);
    begun.get(1).complete();
    begun.get(2).fail("smoke");

    assertThat(run.cause()).hasMessage("the disk is on fire");
    assertThat(begun).hasSize(3);
    assertThat(aborts).hasValue(1);
    assertThat(credits.free()).isEqualTo(3);
  }

  @Test
  void aCancelledRunEndsWhenItsItemsDo() {
    Future<Void> run = pump(5);

    cancelled.fail("nobody wants it");
    begun.forEach(Promise::complete);

    assertThat(run.cause()).hasMessage("nobody wants it");
    assertThat(begun).hasSize(3);
  }

  @Test
  void whatIsGivenUpForAFailureDoesNotHideIt() {
    Future<Void> run = pump(5);

    begun.get(0).fail(new IllegalStateException("the pack is broken"));
    begun.get(1).fail(new CancellationException("given up"));
    assertThat(run.isComplete()).isFalse();
    begun.get(2).complete();

    assertThat(run.cause()).hasMessage("the pack is broken");
  }

  @Test
  void manyItemsThatAreDoneAtOnceNeedNoStack() {
    Future<Void> run =
        new Pump<>(
                IntStream.range(0, 200_000).boxed().iterator(),
                item -> 1,
                credits,
                item -> Future.succeededFuture(),
                aborts::incrementAndGet)
            .run(cancelled.future());

    assertThat(run.succeeded()).isTrue();
  }

  @Test
  void nothingToDoIsDone() {
    assertThat(pump(0).succeeded()).isTrue();
  }

  private Future<Void> pump(int items) {
    return new Pump<>(
            IntStream.range(0, items).boxed().iterator(),
            item -> 1,
            credits,
            item -> {
              Promise<Void> promise = Promise.promise();
              begun.add(promise);
              return promise.future();
            },
            aborts::incrementAndGet)
        .run(cancelled.future());
  }
}

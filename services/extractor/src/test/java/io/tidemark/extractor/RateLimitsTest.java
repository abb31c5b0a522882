package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.events.JobKind;
import io.tidemark.events.ShardProgress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final double MIB = 1 << 20;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void inTheLongRunTheRateIsKept() {
    TokenBucket bucket = new TokenBucket(0);
    long wait = 0;
    for (int i = 0; i < 100; i++) {
      wait = bucket.take((long) MIB, 10 * MIB, 0);
    }
    // The hundredth MiB may go when 99 have had their tenth of a second, but for the burst.
    assertThat(wait).isBetween(98 * SECOND / 10, 99 * SECOND / 10);
  }

  @Test
  void whatWasNotUsedInAPauseDoesNotAddUp() {
    TokenBucket bucket = new TokenBucket(0);
    long now = 60 * SECOND;
    for (int i = 0; i < 10; i++) {
      bucket.take((long) MIB, 10 * MIB, now);
    }
    assertThat(bucket.take(1, 10 * MIB, now)).isBetween(8 * SECOND / 10, SECOND);
  }

  @Test
  void whatIsGivenBackDelaysNobody() {
    TokenBucket bucket = new TokenBucket(0);
    bucket.take((long) (10 * MIB), 10 * MIB, 0);
    long wait = bucket.take((long) (100 * MIB), 10 * MIB, 0);

    bucket.giveBack((long) (100 * MIB), 10 * MIB);

    assertThat(bucket.take(1, 10 * MIB, 0)).isEqualTo(wait);
  }

  @Test
  void aBucketThatNobodyHasUsedForLongIsLikeANewOne() {
    TokenBucket bucket = new TokenBucket(0);
    assertThat(bucket.isIdle(0)).isTrue();
    bucket.take((long) (10 * MIB), 10 * MIB, 0);

    assertThat(bucket.isIdle(SECOND / 2)).isFalse();
    assertThat(bucket.isIdle(SECOND)).isTrue();
  }

  @Test
  void aWaitEndsWhenItIsGivenUp() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      RateLimits limits =
          new RateLimits(vertx, new RateConfig(1, 1), new Colleagues("worker-1", System::nanoTime));
      ShardOrigin origin = new ShardOrigin(Optional.of("kvm1"), Optional.of("domain"));
      Promise<Void> givenUp = Promise.promise();
      limits.take(origin, 3600, givenUp.future());
      Future<Void> turn = limits.take(origin, 1, givenUp.future());
      assertThat(turn.isComplete()).isFalse();

      givenUp.complete();

      assertThatThrownBy(() -> turn.await(30, TimeUnit.SECONDS))
          .isInstanceOf(CancellationException.class);
    } finally {
      vertx.close().await(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void workersThatAreHeardShareALimitAndThoseThatFallSilentDoNot() {
    AtomicLong clock = new AtomicLong();
    Colleagues colleagues = new Colleagues("worker-1", clock::get);
    colleagues.heard(progress("worker-1"));
    assertThat(colleagues.workersAt("kvm1")).isEqualTo(1);
    colleagues.heard(progress("worker-2"));
    colleagues.heard(progress("worker-2"));
    colleagues.heard(progress("worker-3"));

    assertThat(colleagues.workersAt("kvm1")).isEqualTo(3);
    assertThat(colleagues.workersAt("domain")).isEqualTo(3);
    assertThat(colleagues.workersAt("kvm2")).isEqualTo(1);
    clock.set(4 * SECOND);
    assertThat(colleagues.workersAt("kvm1")).isEqualTo(1);
  }

  private static ShardProgress progress(String worker) {
    return new ShardProgress(
        "backup",
        JobKind.BACKUP,
        "vda",
        0,
        worker,
        1,
        2,
        Optional.of("kvm1"),
        Optional.of("domain"));
  }
}

package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.JobKind;
import io.tidemark.events.ShardProgress;
import java.util.Optional;
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

package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

class CreditsTest {
  @Test
  void whoComesFirstIsServedFirst() {
    Credits credits = new Credits(10);
    Future<Void> first = credits.take(6);
    Future<Void> large = credits.take(8);
    Future<Void> small = credits.take(1);

    assertThat(first.isComplete()).isTrue();
    assertThat(large.isComplete()).isFalse();
    assertThat(small.isComplete()).isFalse();

    credits.give(6);
    assertThat(large.isComplete()).isTrue();
    assertThat(small.isComplete()).isTrue();
    assertThat(credits.free()).isEqualTo(1);
  }

  @Test
  void whatCanNeverBeHadIsCutToAllThereIs() {
    Credits credits = new Credits(10);

    assertThat(credits.take(50).isComplete()).isTrue();
    assertThat(credits.free()).isZero();
    credits.give(50);
    assertThat(credits.free()).isEqualTo(10);
  }
}

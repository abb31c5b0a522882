package io.tidemark.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobNewsTest {
  private static final long LONG_MILLIS = 3_600_000;

  private final Vertx vertx = Vertx.vertx();
  private final JobNews news = new JobNews(vertx);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void allWhoWaitAreToldOnce() {
    Future<Boolean> first = news.within(LONG_MILLIS);
    Future<Boolean> second = news.within(LONG_MILLIS);

    news.come();
    Future<Boolean> later = news.within(LONG_MILLIS);

    assertThat(first.result()).isTrue();
    assertThat(second.result()).isTrue();
    assertThat(later.isComplete()).as("those news are old").isFalse();
  }

  @Test
  void withoutNewsTheWaitIsOverInTime() {
    assertThat(news.within(10).await()).isFalse();
  }
}

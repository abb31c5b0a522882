package io.tidemark.catalog.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgre://tidemark:s3cret@db/tidemark",
        "postgresql//tidemark:s3cret@db/tidemark",
        "postgresql://tidemark:s3cret@db:port/tidemark",
        "tidemark:s3cret@db"
      })
  void anAddressWithATypoIsRefusedWithoutTellingThePassword(String uri) {
    assertThatThrownBy(() -> Database.connect(vertx, uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("postgresql://user:password@host")
        .hasNoCause()
        .satisfies(failure ->
            org.assertj.core.api.Assertions.assertThat(failure.getMessage())
                .doesNotContain("s3cret"));
  }
}

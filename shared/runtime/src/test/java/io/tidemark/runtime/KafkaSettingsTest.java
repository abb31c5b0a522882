package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

  @Test
  void theDefaultsAre() {
    assertThat(KafkaSettings.of("kafka:9092"))
        .isEqualTo(
            new KafkaSettings(
                "kafka:9092",
                20,
                Duration.ofMillis(200),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30)));
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    KafkaSettings settings = KafkaSettings.of("kafka:9092");

    assertThat(settings.pauseAfter(1)).isEqualTo(200);
    assertThat(settings.pauseAfter(2)).isEqualTo(400);
    assertThat(settings.pauseAfter(8)).isEqualTo(25_600);
    assertThat(settings.pauseAfter(9)).isEqualTo(30_000);
    assertThat(settings.pauseAfter(Integer.MAX_VALUE)).isEqualTo(30_000);
  }

  @Test
  void anAddressMustBeGiven() {
    assertThatThrownBy(() -> KafkaSettings.of(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no address");
  }
}

package io.tidemark.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventsTest {
  private static final Instant TIME = Instant.parse("2026-04-01T12:00:00.5Z");

  private final CloudEvents codec = new CloudEvents();

  static Stream<Event> examples() {
    return EventExamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anEventIsReadAsItWasWritten(Event event) {
    EventEnvelope<Event> written = new EventEnvelope<>("id-1", "/tidemark/test", TIME, event);

    assertThat(codec.decode(codec.encode(written))).isEqualTo(written);
  }

  @Test
  void everyEventTypeHasAnExample() {
    assertThat(examples().map(Event::getClass).map(CloudEvents::typeOf))
        .containsExactlyInAnyOrderElementsOf(codec.types().keySet());
  }

  @Test
  void aMessageCarriesTheAttributesOfCloudEvents() {
    byte[] message =
        codec.encode(
            new EventEnvelope<>("id-1", "/tidemark/test", TIME, new DomainGone("kvm1", "u", "n")));

    assertThat(new String(message, UTF_8))
        .contains("\"specversion\":\"1.0\"")
        .contains("\"type\":\"io.tidemark.DomainGone.v1\"")
        .contains("\"subject\":\"u\"")
        .contains("\"time\":\"2026-04-01T12:00:00.500Z\"");
  }

  @Test
  void theLeastThatARequesterMustSayIsEnough() {
    String message =
        """
        {"specversion":"1.0","id":"x","source":"/cron","type":"io.tidemark.BackupRequested.v1",
         "data":{"domain":"web1"}}
        """;

    assertThat(codec.decode(message.getBytes(UTF_8)).event())
        .isEqualTo(new BackupRequested("", "web1", BackupKind.AUTO, List.of()));
  }

  @Test
  void anOptionalFieldMayBeLeftOut() {
    String message =
        """
        {"specversion":"1.0","id":"x","source":"/s","type":"io.tidemark.BackupFailed.v1",
         "data":{"backupId":"b","domain":"web1","reason":"r"}}
        """;

    assertThat(codec.decode(message.getBytes(UTF_8)).event())
        .isEqualTo(new BackupFailed("b", Optional.empty(), "web1", "r"));
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() {
    String message =
        """
        {"specversion":"1.0","id":"x","source":"/s","type":"io.tidemark.DomainGone.v1","more":1,
         "data":{"hypervisor":"h","domainUuid":"u","name":"n","later":true}}
        """;

    assertThat(codec.decode(message.getBytes(UTF_8)).event())
        .isEqualTo(new DomainGone("h", "u", "n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "null",
        "{}",
        "{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/s\",\"type\":\"io.tidemark.Nope.v1\"}",
        "{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/s\",\"type\":\"io.tidemark.DomainGone.v1\"}",
        "{\"specversion\":\"0.3\",\"id\":\"x\",\"source\":\"/s\",\"type\":\"io.tidemark.DomainGone.v1\",\"data\":{}}",
        "{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/s\",\"type\":\"io.tidemark.DomainGone.v1\",\"data\":7}",
        "{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/s\",\"time\":\"soon\",\"type\":\"io.tidemark.DomainGone.v1\",\"data\":{}}"
      })
  void whatIsNoEventIsRefused(String message) {
    assertThatThrownBy(() -> codec.decode(message.getBytes(UTF_8)))
        .isInstanceOf(UnreadableEventException.class);
  }
}

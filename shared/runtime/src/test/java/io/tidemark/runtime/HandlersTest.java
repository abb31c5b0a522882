package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.UnreadableEventException;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class HandlersTest {
  private static final String OURS = CloudEvents.typeOf(BackupFailed.class);
  private static final String OTHERS = CloudEvents.typeOf(RestoreFailed.class);

  private final CloudEvents cloudEvents = new CloudEvents();
  private final List<String> handled = new ArrayList<>();
  private final Handlers handlers = new Handlers(cloudEvents);

  HandlersTest() {
    handlers.add(
        BackupFailed.class,
        envelope -> {
          handled.add(envelope.event().backupId());
          return Future.succeededFuture();
        });
  }

  @Test
  void anEventIsHandledWithAndWithoutAHeaderThatTellsItsType() {
    assertThat(handlers.handle(message(failed("one"))).succeeded()).isTrue();
    assertThat(handlers.handle(typed(OURS, failed("two"))).succeeded()).isTrue();

    assertThat(handled).containsExactly("one", "two");
  }

  @Test
  void whatTheHeaderTellsToBeForOthersIsNotParsed() {
    byte[] broken = "no event".getBytes(UTF_8);

    assertThat(handlers.handle(typed(OTHERS, broken)).succeeded()).isTrue();
    assertThat(handlers.handle(typed("com.example.Unknown", broken)).succeeded()).isTrue();
  }

  @Test
  void aMessageThatIsNoEventIsRefusedUnlessItIsForOthers() {
    byte[] broken = "no event".getBytes(UTF_8);

    assertThat(handlers.handle(message(broken)).cause())
        .isInstanceOf(UnreadableEventException.class);
    assertThat(handlers.handle(typed(OURS, broken)).cause())
        .isInstanceOf(UnreadableEventException.class);
  }

  private byte[] failed(String backupId) {
    return cloudEvents.encode(
        new EventEnvelope<>("id", "test", Instant.EPOCH, KafkaFixture.failed(backupId, "reason")));
  }

  private static ConsumerRecord<byte[], byte[]> typed(String type, byte[] value) {
    ConsumerRecord<byte[], byte[]> message = message(value);
    message.headers().add(CloudEvents.TYPE_HEADER, type.getBytes(UTF_8));
    return message;
  }

  private static ConsumerRecord<byte[], byte[]> message(byte[] value) {
    return new ConsumerRecord<>("topic", 0, 0, new byte[0], value);
  }
}

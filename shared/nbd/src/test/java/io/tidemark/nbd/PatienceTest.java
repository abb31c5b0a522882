package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long servers may take. */
class PatienceTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN = Duration.ofMinutes(10);

  private final Patience patience = new Patience(MINUTE, TEN);

  @ParameterizedTest
  @CsvSource({
    "5, 0, false, 1",
    "5, 0, true, 1",
    "7, 0, true, 1",
    "1, 0, false, 1",
    "1, 0, true, 10",
    "1, 1, false, 10",
    "3, 0, true, 10",
    "4, 0, true, 10",
    "6, 0, true, 10"
  })
  void whatKeepsTheStorageBusyMayBeSilentForLonger(
      int command, int flags, boolean amongSlow, int minutes) {
    Request request = request(command, flags, 0);

    assertThat(patience.silence(request, amongSlow)).isEqualTo(Duration.ofMinutes(minutes));
  }

  @Test
  void aSlowLinkIsGivenTheTimeToCarryThePayload() {
    Request write = request(Wire.CMD_WRITE, 0, 32 << 20);

    assertThat(patience.silence(write, false)).isEqualTo(MINUTE.plusSeconds(512));
    assertThat(Patience.age(MINUTE, 64 << 20)).isEqualTo(MINUTE.plusSeconds(1024));
    assertThat(Patience.age(MINUTE, 1 << 20)).isEqualTo(MINUTE.multipliedBy(5));
  }

  @Test
  void nobodyIsGivenLessForBeingSlow() {
    Patience odd = new Patience(TEN, MINUTE);

    assertThat(odd.silence(request(Wire.CMD_FLUSH, 0, 0), true)).isEqualTo(TEN);
  }

  private static Request request(int command, int flags, long length) {
    return new Request.Plain(command, flags, 0, length, Promise.promise());
  }
}

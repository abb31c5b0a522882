package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainReaderTest {

  /** The numbers are libvirt's (virDomainState, virDomainPausedReason). */
  @ParameterizedTest
  @CsvSource({
    "1, 1, RUNNING",
    "3, 1, PAUSED",
    "3, 5, STALLED",
    "7, 0, PAUSED",
    "7, 5, PAUSED",
    "6, 0, CRASHED"
  })
  void aGuestThatQemuStoppedForAnIoErrorIsToldFromOneThatSomebodyPaused(
      int state, int reason, Domain.State expected) {
    assertThat(DomainReader.state(new Connection.State(state, reason), true)).isEqualTo(expected);
  }
}

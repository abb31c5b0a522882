package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't be a limit is said when it is set, not when a connection comes to use it. */
class NbdOptionsTest {

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT2562047788015215H"})
  void aLimitThatIsNoneIsRefused(String text) {
    Duration limit = Duration.parse(text);
    NbdOptions options = NbdOptions.defaults();

    assertThatIllegalArgumentException().isThrownBy(() -> options.withConnectTimeout(limit));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withRequestTimeout(limit));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withSlowRequestTimeout(limit));
  }
}

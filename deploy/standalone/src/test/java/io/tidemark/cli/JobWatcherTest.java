package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobWatcherTest {
  private static final Api.Answer AWAY = new Api.Answer(503, "{\"detail\":\"It starts.\"}");

  @Test
  void anApiThatIsAwayForAMomentIsAskedAgain() throws Exception {
    try (Api api = new Api(AWAY, AWAY, job("succeeded"))) {
      Views.Job ended = watcher(api, Duration.ofMinutes(1)).await(running());

      assertThat(ended.succeeded()).isTrue();
    }
  }

  @Test
  void anApiThatStaysAwayIsGivenUpAndTheJobIsNamed() throws Exception {
    try (Api api = new Api(AWAY)) {
      JobWatcher watcher = watcher(api, Duration.ofMillis(50));

      assertThatThrownBy(() -> watcher.await(running()))
          .isInstanceOf(CliFailure.class)
          .hasMessageContaining("It starts.")
          .hasMessageContaining("backup 6b1f may go on");
    }
  }

  @Test
  void whatTheApiRefusesIsNotAskedAgain() throws Exception {
    Api.Answer refused = new Api.Answer(404, "{\"detail\":\"There is no job '6b1f'.\"}");
    try (Api api = new Api(refused, job("succeeded"))) {
      JobWatcher watcher = watcher(api, Duration.ofMinutes(1));

      assertThatThrownBy(() -> watcher.await(running())).hasMessage("There is no job '6b1f'.");
    }
  }

  private static JobWatcher watcher(Api api, Duration longest) {
    return new JobWatcher(
        new ApiClient(api.url()),
        Terminal.of(new PrintWriter(new StringWriter())),
        new JobWatcher.Patience(longest, Duration.ofMillis(1)));
  }

  private static Views.Job running() {
    return new Views.Job(
        "6b1f",
        "backup",
        "web",
        "running",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Api.Answer job(String state) {
    return new Api.Answer(
        200, "{\"id\":\"6b1f\",\"type\":\"backup\",\"vm\":\"web\",\"state\":\"" + state + "\"}");
  }
}

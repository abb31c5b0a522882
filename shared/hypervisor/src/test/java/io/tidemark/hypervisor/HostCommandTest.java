package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostCommandTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** The pool of an executor that nobody refers to any more is shut down, in the middle of work. */
  @Test
  void aProgramRunsToItsEndThoughNobodyHoldsWhatStartedIt() {
    Future<String> printed =
        new HostCommand(vertx)
            .run("coreutils", Duration.ofMinutes(1), List.of("sh", "-c", "sleep 2; echo done"));

    while (!printed.isComplete()) {
      System.gc();
      Thread.onSpinWait();
    }

    assertThat(printed.await()).isEqualTo("done\n");
  }
}

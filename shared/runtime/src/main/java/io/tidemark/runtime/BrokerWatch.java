package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once when the broker stops answering, and once when it answers again. Thread-safe. */
final class BrokerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);

  private enum State {
    UNKNOWN,
    UP,
    DOWN
  }

  private final String bootstrap;
  private final AtomicReference<State> state = new AtomicReference<>(State.UNKNOWN);

  BrokerWatch(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  void answered() {
    if (state.getAndSet(State.UP) == State.DOWN) {
      LOG.info("Kafka at {} answers again", bootstrap);
    }
  }

  void failed(Throwable cause) {
    if (state.getAndSet(State.DOWN) != State.DOWN) {
      LOG.warn("Kafka at {} does not answer: {}; keeps trying", bootstrap, cause.getMessage());
    }
  }
}

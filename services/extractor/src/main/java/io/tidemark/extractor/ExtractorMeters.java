package io.tidemark.extractor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What a worker tells of itself in figures; docs/operations.md lists them. Any thread. */
final class ExtractorMeters {

  private final Map<Bytes, Counter> bytes = new EnumMap<>(Bytes.class);
  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicInteger cpuWaiting = new AtomicInteger();
  private final Timer loopLag;
  private final MeterRegistry registry;

  ExtractorMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Bytes kind : Bytes.values()) {
      bytes.put(
          kind,
          Counter.builder("tidemark.extractor." + kind.word)
              .baseUnit("bytes")
              .description(kind.description)
              .register(registry));
    }
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          Timer.builder("tidemark.extractor.stage")
              .tag("stage", stage.word)
              .description("Time spent in a stage; stages run side by side.")
              .register(registry));
    }
    this.loopLag =
        Timer.builder("tidemark.extractor.event.loop.lag")
            .description("How late the event loop comes to what is due.")
            .register(registry);
    gauge("in.flight", inFlightBytes::get, "bytes", "Bytes between exports and the repository.");
    gauge("cpu.waiting", cpuWaiting::get, "requests", "Requests that wait for a processor.");
  }

  /** What is counted. */
  enum Bytes {
    READ("read", "Read from exports."),
    ZERO("zero", "Found to be zero."),
    UNCHANGED("unchanged", "Found to be as in the parent restore point."),
    STORED("stored", "Written to packs, compressed."),
    RESTORED("restored", "Written to the targets of restores.");

    private final String word;
    private final String description;

    Bytes(String word, String description) {
      this.word = word;
      this.description = description;
    }
  }

  /** What is timed. */
  enum Stage {
    NBD_READ("nbd-read"),
    HASH("hash"),
    STORE("store"),
    SEAL("seal"),
    FETCH("fetch"),
    NBD_WRITE("nbd-write");

    private final String word;

    Stage(String word) {
      this.word = word;
    }
  }

  void count(Bytes kind, long amount) {
    bytes.get(kind).increment((double) amount);
  }

  /** A stage took from {@code begin}, a {@link System#nanoTime()}, until now. */
  void time(Stage stage, long begin) {
    add(stage, System.nanoTime() - begin);
  }

  void add(Stage stage, long nanos) {
    stages.get(stage).record(nanos, TimeUnit.NANOSECONDS);
  }

  void inFlight(long change) {
    inFlightBytes.addAndGet(change);
  }

  void cpuWaiting(int change) {
    cpuWaiting.addAndGet(change);
  }

  void loopLag(long nanos) {
    loopLag.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /**
   * A figure that is asked for when somebody wants to know it.
   *
   * @param value safe to be asked from any thread
   */
  void gauge(String name, Supplier<Number> value, String unit, String description) {
    Gauge.builder("tidemark.extractor." + name, value)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }
}

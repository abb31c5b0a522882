package io.tidemark.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Runs the contestants of a case in turn, so that the machine's moods hit all alike. */
final class Tournament {
  /** What an earlier tool left in the page cache must not be written in the time of the next. */
  private static final Command SYNC = new Command(List.of("sync"));

  private final int warmUps;
  private final int serviceWarmUps;
  private final int rounds;
  private final Predicate<String> wanted;
  private final PrintWriter progress;

  /**
   * @param serviceWarmUps rounds that only services run, before those that all run
   */
  Tournament(
      int warmUps, int serviceWarmUps, int rounds, Predicate<String> wanted, PrintWriter progress) {
    this.warmUps = warmUps;
    this.serviceWarmUps = serviceWarmUps;
    this.rounds = rounds;
    this.wanted = wanted;
    this.progress = progress;
  }

  Result run(Case of) {
    Map<String, List<Usage>> runs = new LinkedHashMap<>();
    List<CpuFloor> floors = new ArrayList<>();
    List<Double> copies = new ArrayList<>();
    List<Contestant> contestants =
        of.contestants().stream().filter(contestant -> wanted.test(contestant.name())).toList();
    contestants.forEach(contestant -> contestant.setUp().run());
    contestants.stream().filter(Contestant::service).forEach(service -> warmUp(of, service));
    for (int round = 0; round < warmUps + rounds; round++) {
      for (Contestant contestant : contestants) {
        SYNC.run();
        double before = qemuSeconds(of);
        Usage usage = contestant.work().run();
        say(of, round, contestant, usage);
        if (round >= warmUps) {
          runs.computeIfAbsent(contestant.name(), name -> new ArrayList<>()).add(usage);
          if (contestant.name().equals("nbdcopy to null")) {
            floor(of, qemuSeconds(of) - before + usage.cpuSeconds()).ifPresent(floors::add);
          }
          if (contestant.service()) {
            of.moved().ifPresent(moved -> copies.add(moved.apply(usage).seconds()));
          }
        }
      }
    }
    return new Result(of, runs, CpuFloor.median(floors), copies);
  }

  private void warmUp(Case of, Contestant service) {
    for (int run = 0; run < serviceWarmUps; run++) {
      SYNC.run();
      Usage usage = service.work().run();
      progress.printf(
          Locale.ROOT,
          "%s, start-up, %s: %.2f s%n",
          of.name(),
          service.name(),
          usage.wallSeconds());
      progress.flush();
    }
  }

  private static double qemuSeconds(Case of) {
    return of.floorOf().map(vm -> QemuMeter.of(vm.name()).cpuSeconds()).orElse(0.0);
  }

  /** In every round anew, so that the machine's moods hit the floor and the contestants alike. */
  private static Optional<CpuFloor> floor(Case of, double readSeconds) {
    return of.floorOf().map(vm -> CpuFloor.measure(readSeconds, vm.domain().rawDisk("vda")));
  }

  private void say(Case of, int round, Contestant contestant, Usage usage) {
    progress.printf(
        Locale.ROOT,
        "%s, %s, %s: %.2f s%n",
        of.name(),
        round < warmUps ? "warm-up" : "round " + (round - warmUps + 1),
        contestant.name(),
        usage.wallSeconds());
    progress.flush();
  }
}

package io.tidemark.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One comparison.
 *
 * @param bytes that every contestant has to look at, for figures per GiB
 * @param floorOf the VM on whose disk the processor's floor is measured
 * @param moved what a run of our own had to read and write
 */
record Case(
    String name,
    long bytes,
    List<Contestant> contestants,
    Optional<BenchVm> floorOf,
    Optional<Function<Usage, StorageCopy>> moved) {
  Case {
    contestants = List.copyOf(contestants);
  }
}

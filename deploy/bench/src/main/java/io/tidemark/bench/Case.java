package io.tidemark.bench;

import java.util.List;
import java.util.function.Function;

/**
 * One comparison.
 *
 * @param bytes that every contestant has to look at, for figures per GiB
 * @param floorOf the VM on whose disk the processor's floor is measured; none or one
 * @param moved what a run of our own had to read and write; none or one
 */
record Case(
    String name,
    long bytes,
    List<Contestant> contestants,
    List<BenchVm> floorOf,
    List<Function<Usage, StorageCopy>> moved) {
  Case {
    contestants = List.copyOf(contestants);
    floorOf = List.copyOf(floorOf);
    moved = List.copyOf(moved);
  }
}

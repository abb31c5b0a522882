package io.tidemark.bench;

import java.util.List;

/**
 * One comparison.
 *
 * @param bytes that every contestant has to look at, for figures per GiB
 * @param floorOf the VM on whose disk the processor's floor is measured; none or one
 */
record Case(String name, long bytes, List<Contestant> contestants, List<BenchVm> floorOf) {
  Case {
    contestants = List.copyOf(contestants);
    floorOf = List.copyOf(floorOf);
  }
}

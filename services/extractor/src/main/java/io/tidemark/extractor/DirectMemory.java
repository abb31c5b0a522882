package io.tidemark.extractor;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.tidemark.repository.Repository;
import java.lang.management.ManagementFactory;

/** The memory beside the heap: what a process may use, and what its settings ask for. */
final class DirectMemory {

  private static final long MIB = 1 << 20;

  /** For sockets, codecs, and what an allocator keeps for itself. */
  private static final long OTHER_BYTES = 8 * MIB;

  private DirectMemory() {}

  /** What this process may use, in bytes. */
  static long mostBytes() {
    long option =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    return option == 0 ? Runtime.getRuntime().maxMemory() : option;
  }

  /** Throws {@link IllegalArgumentException} when the settings may need more than that. */
  static void require(ExtractorConfig config, long mostBytes) {
    int atOnce = config.shards().atOnce();
    long bytesInFlight = config.transfer().bytesInFlight();
    long needed = neededBytes(atOnce, bytesInFlight);
    Requirement.that(
        needed <= mostBytes,
        atOnce
            + " shards at once, each with "
            + bytesInFlight / MIB
            + " MiB in flight, may need "
            + needed / MIB
            + " MiB of memory beside the heap, and this process has "
            + mostBytes / MIB
            + " MiB. Choose fewer of either, or start it with a larger -XX:MaxDirectMemorySize"
            + " (TIDEMARK_JAVA_OPTS).");
  }

  /** As many shards again may wait for the disk to have their packs. */
  private static long neededBytes(int atOnce, long bytesInFlight) {
    return OTHER_BYTES + atOnce * bytesInFlight + Repository.writeBufferBytes(2 * atOnce);
  }
}

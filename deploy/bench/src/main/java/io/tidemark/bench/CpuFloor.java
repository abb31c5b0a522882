package io.tidemark.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The processor time that a backup can't do without on this machine, each part measured alone on
 * one thread, for all blocks of a disk.
 *
 * @param readSeconds what {@code nbdcopy} to nowhere and the QEMU that serves it take
 * @param hashSeconds SHA-256 of every block
 * @param compressSeconds zstd level 1 of every block
 */
record CpuFloor(double readSeconds, double hashSeconds, double compressSeconds) {
  private static final int BLOCK = 64 << 10;

  /** Measures on all blocks of a raw file. */
  static CpuFloor measure(double readSeconds, Path raw) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long hashing = 0;
    long compressing = 0;
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    ByteBuffer packed = ByteBuffer.allocateDirect(2 * BLOCK);
    try (FileChannel file = FileChannel.open(raw);
        ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      zstd.setLevel(1);
      while (file.read(block.clear()) == BLOCK) {
        long start = threads.getCurrentThreadCpuTime();
        sha256.update(block.flip());
        byte[] unused = sha256.digest();
        long hashed = threads.getCurrentThreadCpuTime();
        int size = zstd.compressDirectByteBuffer(packed, 0, 2 * BLOCK, block, 0, BLOCK);
        long done = threads.getCurrentThreadCpuTime();
        if (unused.length + size == 0) {
          throw new BenchFailure("nothing was measured");
        }
        hashing += hashed - start;
        compressing += done - hashed;
      }
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new BenchFailure(raw + " can't be measured", e);
    }
    return new CpuFloor(readSeconds, hashing / 1e9, compressing / 1e9);
  }

  /** The one in the middle; none of none. */
  static Optional<CpuFloor> median(List<CpuFloor> floors) {
    return floors.stream()
        .sorted(Comparator.comparingDouble(CpuFloor::wallSeconds))
        .skip(floors.size() / 2)
        .findFirst();
  }

  /** How fast all processors together can be at best. */
  double wallSeconds() {
    return (readSeconds + hashSeconds + compressSeconds)
        / Runtime.getRuntime().availableProcessors();
  }
}

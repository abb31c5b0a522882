package io.tidemark.extractor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.tidemark.events.BackupDisk;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.protocol.Zeroes;
import io.tidemark.repository.DamagedDataException;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Hash;
import io.tidemark.repository.Ref;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads blocks that should be as in the parent, and says whether they are. */
final class SampleCheck {

  private final Workbench bench;
  private final NbdConnection connection;
  private final BackupDisk disk;
  private final ParentTree parent;

  SampleCheck(Workbench bench, NbdConnection connection, BackupDisk disk) {
    this.bench = bench;
    this.connection = connection;
    this.disk = disk;
    this.parent = ParentTree.of(disk, bench.repository().tree());
  }

  /**
   * Compares the blocks with these indices.
   *
   * @return a sentence that says why the dirty map can't be trusted; empty if all are as they
   *     should be; fails when the disk can't be read
   */
  Future<Optional<String>> doubt(long[] blocks) {
    return Future.join(Arrays.stream(blocks).mapToObj(this::check).toList())
        .map(all ->
            Stream.iterate(0, i -> i < all.size(), i -> i + 1)
                .map(all::<Optional<String>>resultAt)
                .flatMap(Optional::stream)
                .findFirst());
  }

  private Future<Optional<String>> check(long block) {
    int length = Geometry.blockLength(disk.sizeBytes(), block);
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
    return connection
        .read(block * Geometry.BLOCK_BYTES, length, buffer)
        .compose(read -> bench.compute(() -> compare(block, buffer.nioBuffer(0, length))))
        .onComplete(done -> buffer.release());
  }

  private Optional<String> compare(long block, ByteBuffer content) {
    try {
      Ref expected = parent.leaf(Blocks.leafOf(block)).get(Blocks.slotOf(block));
      boolean same =
          expected.isNil() ? Zeroes.isZero(content) : expected.hash().equals(Hash.of(content));
      return same
          ? Optional.empty()
          : Optional.of(
              "The dirty bitmap calls offset "
                  + block * Geometry.BLOCK_BYTES
                  + " unchanged, but it differs from the parent restore point.");
    } catch (DamagedDataException e) {
      return Optional.of("The parent restore point can't be compared with: " + e.getMessage());
    }
  }
}

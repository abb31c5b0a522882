package io.tidemark.extractor;

import io.tidemark.repository.Hash;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names how a survey cut the disks of a job: alike for every survey that cuts them alike, whoever
 * does it. Workers may be set to shards of other sizes, or find a disk another way, and the same
 * number is another range then. Not thread-safe.
 */
final class Cut {

  private static final int NAME_LENGTH = 16;

  private final StringBuilder text = new StringBuilder();

  /**
   * Adds a disk.
   *
   * @param content what else the results depend on
   */
  void add(String target, String content, List<ByteRange> shards) {
    text.append(target).append(' ').append(content).append('\n');
    shards.forEach(
        shard -> text.append(shard.offset()).append('+').append(shard.lengthBytes()).append('\n'));
  }

  /** 16 hexadecimal digits. */
  String name() {
    return Hash.of(StandardCharsets.UTF_8.encode(text.toString()))
        .toString()
        .substring(0, NAME_LENGTH);
  }
}

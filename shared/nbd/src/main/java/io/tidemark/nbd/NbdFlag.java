package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Wire;

/** What a command may be asked for beyond what it does anyway ("Command flags"). */
public enum NbdFlag {
  /** Complete only when the effect is durable; needs {@link NbdExport.Flags#canFua()}. */
  FUA(Wire.CMD_FLAG_FUA),
  /** Zero without giving the storage back. */
  NO_HOLE(Wire.CMD_FLAG_NO_HOLE),
  /**
   * Zero quickly, or fail with error 95 (ENOTSUP) and change nothing; needs {@link
   * NbdExport.Flags#canFastZero()}.
   */
  FAST_ZERO(Wire.CMD_FLAG_FAST_ZERO);

  private final int bits;

  NbdFlag(int bits) {
    this.bits = bits;
  }

  static int bits(NbdFlag... flags) {
    int all = 0;
    for (NbdFlag flag : flags) {
      all |= flag.bits;
    }
    return all;
  }
}

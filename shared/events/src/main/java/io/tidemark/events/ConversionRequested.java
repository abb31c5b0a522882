package io.tidemark.events;

import java.util.List;

/**
 * Somebody wants disks to be able to keep bitmaps, or no longer.
 *
 * @param domain name or UUID
 * @param disks target names; empty: every disk that it applies to
 * @param restart shut a running domain down and start it again, instead of refusing
 */
public record ConversionRequested(
    String conversionId, String domain, List<String> disks, ConversionMode mode, boolean restart)
    implements ConversionEvent {
  public ConversionRequested {
    disks = disks == null ? List.of() : List.copyOf(disks);
    mode = mode == null ? ConversionMode.APPLY : mode;
  }
}

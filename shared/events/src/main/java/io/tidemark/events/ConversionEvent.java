package io.tidemark.events;

/** The story of one conversion: a metadata image put in front of raw disks, or taken away again. */
public sealed interface ConversionEvent extends Event
    permits ConversionRequested,
        ConversionPlanned,
        ConversionApplied,
        ConversionReverted,
        ConversionFailed {

  /** Identifies the conversion in every event of its story. */
  String conversionId();

  @Override
  default Topic topic() {
    return Topic.CONVERSIONS;
  }

  @Override
  default String key() {
    return conversionId();
  }
}

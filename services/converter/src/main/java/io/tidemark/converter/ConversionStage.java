package io.tidemark.converter;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionEvent;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.DiskConversion;
import java.util.List;
import java.util.Map;

/** How far a conversion has come. A killed process goes on from the stage that it remembers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ConversionStage.Asked.class, name = "asked"),
  @JsonSubTypes.Type(value = ConversionStage.Proven.class, name = "proven"),
  @JsonSubTypes.Type(value = ConversionStage.Planned.class, name = "planned"),
  @JsonSubTypes.Type(value = ConversionStage.Applied.class, name = "applied"),
  @JsonSubTypes.Type(value = ConversionStage.Reverted.class, name = "reverted"),
  @JsonSubTypes.Type(value = ConversionStage.Failed.class, name = "failed")
})
sealed interface ConversionStage {

  /** The domain's definition is untouched; the domain may have been shut down. */
  record Asked() implements ConversionStage {}

  /**
   * The domain is off, its raw disks are proven unchanged, and the metadata images are as they are
   * to be used: what is left is to change the definition.
   *
   * @param states raw disks and images as they were then, by path: the proof is good for them alone
   */
  record Proven(List<DiskConversion> disks, Map<String, DiskState> states)
      implements ConversionStage {
    public Proven {
      disks = List.copyOf(disks);
      states = states == null ? Map.of() : Map.copyOf(states);
    }
  }

  /** Nothing is left but to say so. */
  sealed interface Ended extends ConversionStage {
    ConversionEvent event();
  }

  /** Only the plan was asked for. */
  record Planned(ConversionPlanned event) implements Ended {}

  /** The domain uses the metadata images from its next start on. */
  record Applied(ConversionApplied event) implements Ended {}

  /** The domain uses its raw disks directly from its next start on. */
  record Reverted(ConversionReverted event) implements Ended {}

  /** The domain is as it was. */
  record Failed(ConversionFailed event) implements Ended {}
}

package io.tidemark.converter;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreTargetReady;
import java.util.List;

/** How far the host's part of a restore has come. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RestoreStage.Opening.class, name = "opening"),
  @JsonSubTypes.Type(value = RestoreStage.Open.class, name = "open"),
  @JsonSubTypes.Type(value = RestoreStage.Written.class, name = "written"),
  @JsonSubTypes.Type(value = RestoreStage.Completed.class, name = "completed"),
  @JsonSubTypes.Type(value = RestoreStage.Failed.class, name = "failed")
})
sealed interface RestoreStage {

  /** Partial files and exports are being made. */
  record Opening() implements RestoreStage {}

  /**
   * The targets can be written.
   *
   * @param ready what was published
   * @param exports the qemu-nbd processes that serve them
   */
  record Open(RestoreTargetReady ready, List<NbdExport> exports) implements RestoreStage {
    public Open {
      exports = List.copyOf(exports);
    }
  }

  /** All data are written; the files are being put in place. */
  record Written(List<NbdExport> exports) implements RestoreStage {
    public Written {
      exports = List.copyOf(exports);
    }
  }

  /** The files are in place. */
  record Completed(RestoreCompleted event) implements RestoreStage {}

  /**
   * Nothing is left of it on this host.
   *
   * @param told it was published, or somebody else said it first
   */
  record Failed(RestoreFailed event, boolean told) implements RestoreStage {}
}

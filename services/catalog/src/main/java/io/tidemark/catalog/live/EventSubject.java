package io.tidemark.catalog.live;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an event is about.
 *
 * @param domainUuid the VM that it names
 * @param job the job that it names
 */
record EventSubject(Optional<String> domainUuid, Optional<String> job) {
  private static final List<String> JOBS =
      List.of("backupId", "restoreId", "conversionId", "jobId");

  /** Reads it from the data of a CloudEvent. */
  static EventSubject of(JsonObject data) {
    Optional<String> job = JOBS.stream().map(data::getString).filter(Objects::nonNull).findFirst();
    Optional<String> domain =
        Optional.ofNullable(data.getString("domainUuid"))
            .or(() ->
                data.getValue("domain") instanceof JsonObject described
                    ? Optional.ofNullable(described.getString("uuid"))
                    : Optional.empty());
    return new EventSubject(domain, job);
  }
}

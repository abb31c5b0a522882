package io.tidemark.extractor;

import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.ShardEvent;
import io.tidemark.events.ShardFailed;
import java.util.Optional;

/**
 * Whose disk a shard is of, as far as its event says.
 *
 * @param domainUuid empty for restores
 */
record ShardOrigin(Optional<String> hypervisor, Optional<String> domainUuid) {

  static ShardOrigin of(ShardEvent shard) {
    return switch (shard) {
      case BackupShardPlanned backup -> new ShardOrigin(backup.hypervisor(), backup.domainUuid());
      case RestoreShardPlanned restore -> new ShardOrigin(restore.hypervisor(), Optional.empty());
      case ShardFailed failed -> new ShardOrigin(Optional.empty(), Optional.empty());
    };
  }
}

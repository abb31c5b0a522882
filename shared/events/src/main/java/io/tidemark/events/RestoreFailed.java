package io.tidemark.events;

import java.util.Optional;

/**
 * The restore was not done; no file was left that looks like a whole one.
 *
 * @param hypervisor where exports may have to be closed, if the restore got that far
 * @param reason one sentence that names the thing and says what to do
 */
public record RestoreFailed(String restoreId, Optional<String> hypervisor, String reason)
    implements RestoreEvent {}

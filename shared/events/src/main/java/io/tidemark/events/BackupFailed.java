package io.tidemark.events;

import java.util.Optional;

/**
 * The backup made no restore point. Nothing is lost: the parent's bitmap kept recording.
 *
 * @param hypervisor where a libvirt job may have to be closed, if the domain was found
 * @param domain name or UUID as requested
 * @param reason one sentence that names the thing and says what to do
 */
public record BackupFailed(
    String backupId, Optional<String> hypervisor, String domain, String reason)
    implements BackupEvent {}

package io.tidemark.repository;

import java.util.List;
import java.util.Optional;

/**
 * A range of a disk that cannot be restored, or can no longer be trusted.
 *
 * @param pointIds the verified restore points that it hits
 * @param target the disk's target, or the name of another file of the domain; empty when the
 *     manifest itself is damaged
 * @param offset where it starts on the disk, in bytes
 * @param lengthBytes how long it is; all that lies under a damaged node
 * @param pack the pack that is at fault; empty when the manifest itself is damaged
 * @param reason what is wrong, and where in the pack
 */
public record Damage(
    List<String> pointIds,
    String target,
    long offset,
    long lengthBytes,
    Optional<PackId> pack,
    String reason) {}

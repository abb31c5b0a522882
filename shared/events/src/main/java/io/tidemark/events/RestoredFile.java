package io.tidemark.events;

import java.util.Optional;

/**
 * A file or device that a restore wrote.
 *
 * @param target the disk; empty for the domain XML
 * @param sizeBytes its size in bytes
 */
public record RestoredFile(Optional<String> target, String path, long sizeBytes) {}

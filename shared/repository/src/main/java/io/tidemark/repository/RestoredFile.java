package io.tidemark.repository;

import java.nio.file.Path;

/**
 * A disk that was restored.
 *
 * @param target the disk's target
 * @param file the file or device that now holds it
 * @param sizeBytes size of the disk
 * @param dataBytes bytes of it that are not zero blocks, each proven by its hash
 */
public record RestoredFile(String target, Path file, long sizeBytes, long dataBytes) {}

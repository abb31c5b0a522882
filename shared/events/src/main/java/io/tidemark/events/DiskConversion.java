package io.tidemark.events;

import java.util.Optional;

/**
 * What is done to one disk.
 *
 * @param source the raw file or device that holds the guest's data before and after
 * @param metadataImage the qcow2 file that keeps the bitmaps
 * @param sizeBytes the disk's size in bytes
 * @param sha256Before SHA-256 of the raw data before, once known
 * @param sha256After SHA-256 of the raw data after, once known; always equal to the one before
 */
public record DiskConversion(
    String target,
    String source,
    String metadataImage,
    long sizeBytes,
    Optional<String> sha256Before,
    Optional<String> sha256After) {}

package io.tidemark.events;

/**
 * One disk of a restore.
 *
 * @param sizeBytes the disk's size in the restore point, in bytes
 * @param root reference to its tree in the repository, in the repository's text form
 * @param path the raw file or block device to write
 */
public record RestoreDisk(String target, long sizeBytes, String root, String path) {}

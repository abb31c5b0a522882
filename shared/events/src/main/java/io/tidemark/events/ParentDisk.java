package io.tidemark.events;

/**
 * One disk of a parent restore point.
 *
 * @param sizeBytes its size at that instant, in bytes
 * @param root reference to its tree in the repository, in the repository's text form
 * @param checkpointed whether the point's checkpoint covers the disk, so that a bitmap should exist
 */
public record ParentDisk(String target, long sizeBytes, String root, boolean checkpointed) {}

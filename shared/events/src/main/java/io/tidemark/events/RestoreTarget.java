package io.tidemark.events;

/**
 * A raw file or device that takes a restored disk.
 *
 * @param nbdUri the writable export of it
 * @param zeroed every byte of it reads as zero already, so that zeroes need not be written
 */
public record RestoreTarget(RestoreDisk disk, String nbdUri, boolean zeroed) {}

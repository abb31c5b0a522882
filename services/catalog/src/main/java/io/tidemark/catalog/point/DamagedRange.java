package io.tidemark.catalog.point;

/**
 * A part of a restore point that can't be restored.
 *
 * @param target the disk, or the name of another file of the domain; empty for the whole point
 * @param offset where it starts, in bytes
 * @param lengthBytes how long it is
 * @param reason what is wrong with what is stored
 */
public record DamagedRange(String target, long offset, long lengthBytes, String reason) {}

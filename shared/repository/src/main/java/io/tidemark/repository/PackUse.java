package io.tidemark.repository;

/**
 * How much of a pack is needed.
 *
 * @param neededBytes of frames that restore points need, with their part of the footer
 * @param deadBytes of frames that none needs
 */
public record PackUse(long neededBytes, long deadBytes) {}

package io.tidemark.repository;

/**
 * What a finished pack holds.
 *
 * @param blocks frames in it, blocks and nodes alike
 * @param rawBytes plain bytes of all frames
 * @param storedBytes size of the pack file
 */
public record PackSummary(PackId id, long blocks, long rawBytes, long storedBytes) {}

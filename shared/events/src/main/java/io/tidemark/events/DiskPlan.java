package io.tidemark.events;

import java.util.Optional;

/**
 * What the survey of one disk found.
 *
 * @param mode how the disk is read; the survey turns incremental into full when it finds the bitmap
 *     wrong
 * @param reason why it is read whole; empty for an incremental disk
 * @param shards how many shards it was cut into; 0 if nothing is to be read
 * @param readBytes how many bytes the shards will read together
 */
public record DiskPlan(
    String target, DiskMode mode, Optional<String> reason, int shards, long readBytes) {}

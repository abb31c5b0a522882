package io.tidemark.nbd;

/**
 * A range of an export with one status in a metadata context.
 *
 * @param offset first byte
 * @param lengthBytes at least 1
 * @param flags as the context defines them: {@code base:allocation} bit 0 hole, bit 1 zero; {@code
 *     qemu:dirty-bitmap:…} bit 0 dirty
 */
public record NbdExtent(long offset, long lengthBytes, long flags) {}

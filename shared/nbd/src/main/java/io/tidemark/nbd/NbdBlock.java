package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;

/**
 * A piece of an export as {@link NbdReadStream} hands it over.
 *
 * @param offset first byte
 * @param bytes the content; whoever gets it releases it
 */
public record NbdBlock(long offset, ByteBuf bytes) {}

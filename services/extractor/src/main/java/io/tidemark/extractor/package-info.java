/**
 * Moves blocks: from NBD exports to the repository (backup) and back (restore). {@link
 * io.tidemark.extractor.ExtractorVerticle} says what it reacts to.
 *
 * <p>Sockets and bookkeeping stay on the verticle's event loop. Hashing, compression and everything
 * that touches the repository run on worker pools; bytes on the way are bounded by credits.
 */
package io.tidemark.extractor;

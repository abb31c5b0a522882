/**
 * The transmission phase of the protocol without I/O: numbers, requests in flight and the decoder
 * of replies. Internal to the NBD client; not an API.
 */
package io.tidemark.nbd.protocol;

/**
 * A non-blocking NBD client on Vert.x, for TCP and unix sockets, with and without TLS.
 *
 * <p>{@link io.tidemark.nbd.NbdClient} connects to what an {@link io.tidemark.nbd.NbdUri} names,
 * and asks servers what they have; {@link io.tidemark.nbd.NbdConnection} reads, writes, zeroes,
 * trims and asks for block status, on one connection or on a pool of them; {@link
 * io.tidemark.nbd.NbdReadStream} reads extents with back-pressure; {@link
 * io.tidemark.nbd.NbdException} says what went wrong and whether to try again.
 *
 * <p>Inside, a {@code Plan} lists the options of a handshake ({@code Option}, one class each),
 * which {@code Handshake} runs one after the other. {@code SocketConnection} is the one class that
 * knows the socket; {@code RequestQueue} knows which requests are in flight and {@code Patience}
 * how long they may be; {@code OpenExport} cuts what is asked into requests, {@code Parts} asks for
 * a few of them at a time. {@code ConnectionPool} and {@code PoolMembers} spread requests over
 * connections. The decoder of replies is in {@link io.tidemark.nbd.protocol}. All of a connection's
 * state lives on its event loop; there are no locks.
 *
 * <p>What a server says is believed only as far as it can be checked: every length is bounded
 * before anything is allocated, every byte of a read must come exactly once, every selected
 * metadata context must answer, each request must be answered in time, and a connection whose
 * server breaks the protocol is closed. Only content that is altered inside of a data chunk can't
 * be told from the right one, since NBD has no checksums; TLS has.
 *
 * <p>The protocol is that of the NetworkBlockDevice project's {@code proto.md} with its extension
 * "extended headers", and {@code uri.md}; section names in the comments are theirs. Not
 * implemented: the old handshakes, EXPORT_NAME for servers without GO, RESIZE, pre-shared keys (the
 * JVM's TLS has none), vsock.
 */
package io.tidemark.nbd;

/**
 * A non-blocking NBD client on Vert.x: fixed newstyle handshake, structured replies, metadata
 * contexts.
 *
 * <p>{@link io.tidemark.nbd.NbdClient} connects; {@link io.tidemark.nbd.NbdConnection} reads,
 * writes and asks for block status. Inside, {@code Handshake} runs the option haggling one option
 * after the other, {@code ReplyDecoder} is the state machine of the transmission phase, and {@code
 * SocketConnection} is the one class that knows the socket and which requests are in flight. All of
 * a connection's state lives on its event loop; there are no locks.
 *
 * <p>The protocol is that of the NetworkBlockDevice project's {@code proto.md}; section names in
 * the comments are its.
 */
package io.tidemark.nbd;

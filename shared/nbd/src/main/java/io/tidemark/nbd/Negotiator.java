package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;

/**
 * Runs the handshake on a channel, and turns the channel to TLS where that comes in. Lives on the
 * connection's event loop.
 */
final class Negotiator {

  /** What becomes of it. */
  interface Outcome {
    /**
     * All options are through.
     *
     * @param rest what came behind the last reply
     */
    void negotiated(ByteBuf rest);

    /** There will be no agreement. */
    void failed(NbdException cause);
  }

  private final Session session;
  private final ChannelHandlerContext channel;
  private final String handler;
  private final Outcome outcome;
  private final Handshake handshake;
  private final ByteBuf received = Unpooled.buffer();
  private boolean securing;

  /**
   * @param handler name of the handler that TLS is put in front of
   */
  Negotiator(Session session, ChannelHandlerContext channel, String handler, Outcome outcome) {
    this.session = session;
    this.channel = channel;
    this.handler = handler;
    this.outcome = outcome;
    this.handshake = new Handshake(session.uri(), session.plan(), this::send);
  }

  /** Takes what has come. Throws {@link NbdException}. */
  void receive(ByteBuf bytes) {
    if (securing) {
      throw session.plaintext();
    }
    received.writeBytes(bytes);
    proceed(handshake.receive(received));
  }

  private void proceed(Handshake.Progress progress) {
    switch (progress) {
      case WAITING -> received.discardReadBytes();
      case TLS -> secure();
      case DONE -> finish();
    }
  }

  private void secure() {
    securing = true;
    session
        .secure(channel, handler)
        .addListener(encrypted -> {
          securing = false;
          if (encrypted.isSuccess()) {
            goOnSecured();
          } else {
            outcome.failed(session.lost(encrypted.cause()));
          }
        });
  }

  private void goOnSecured() {
    try {
      proceed(handshake.secured());
    } catch (NbdException e) {
      outcome.failed(e);
    }
  }

  private void finish() {
    if (!session.plan().transmission()) {
      handshake.abort();
    }
    outcome.negotiated(received);
  }

  private void send(ByteBuf bytes) {
    var unused = channel.writeAndFlush(bytes, channel.voidPromise());
  }
}

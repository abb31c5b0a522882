package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * "Fixed newstyle negotiation" from the client's side: greeting, STRUCTURED_REPLY, SET_META_CONTEXT
 * if contexts are wanted, GO. One option at a time, as the protocol demands. Fed with what arrives;
 * throws {@link NbdException} at the first thing that is wrong.
 */
final class Handshake {
  private static final int GREETING_BYTES = 18;
  private static final int REPLY_HEADER_BYTES = 20;

  /** Nothing legitimate is longer; see "Option replies". */
  private static final int MAX_REPLY_BYTES = 64 * 1024;

  /** Servers may send any number of infos and contexts; this many are never meant well. */
  private static final int MAX_REPLIES = 1000;

  private enum Step {
    GREETING,
    STRUCTURED_REPLY,
    SET_META_CONTEXT,
    GO,
    DONE
  }

  private final NbdUri uri;
  private final NbdOptions options;
  private final Consumer<ByteBuf> out;
  private final Map<Integer, String> contexts = new HashMap<>();
  private final ExportInfo info;
  private Step step = Step.GREETING;
  private boolean structuredReplies;
  private int replies;

  Handshake(NbdUri uri, NbdOptions options, Consumer<ByteBuf> out) {
    this.uri = uri;
    this.options = options;
    this.out = out;
    this.info = new ExportInfo(uri);
  }

  /**
   * Takes what it can from the bytes received; what it leaves it wants to see again with more
   * behind it.
   */
  Optional<Negotiated> receive(ByteBuf in) {
    while (step != Step.DONE && takeMessage(in)) {
      // Each round takes one whole message.
    }
    return step == Step.DONE
        ? Optional.of(
            new Negotiated(info.export(options.metaContexts()), structuredReplies, contexts))
        : Optional.empty();
  }

  private boolean takeMessage(ByteBuf in) {
    return step == Step.GREETING ? takeGreeting(in) : takeReply(in);
  }

  private boolean takeGreeting(ByteBuf in) {
    if (in.readableBytes() < GREETING_BYTES) {
      return false;
    }
    if (in.readLong() != Wire.NBD_MAGIC) {
      throw broken("it does not greet like an NBD server");
    }
    if (in.readLong() != Wire.OPTION_MAGIC) {
      throw broken("it speaks the old handshake, which can't negotiate");
    }
    int flags = in.readUnsignedShort();
    if ((flags & Wire.FLAG_FIXED_NEWSTYLE) == 0) {
      throw broken("it does not speak the fixed newstyle handshake");
    }
    // The low bits are the same on both sides; only what was offered may be claimed.
    out.accept(
        Unpooled.buffer(4).writeInt(flags & (Wire.FLAG_FIXED_NEWSTYLE | Wire.FLAG_NO_ZEROES)));
    send(Step.STRUCTURED_REPLY, Wire.OPT_STRUCTURED_REPLY, Unpooled.EMPTY_BUFFER);
    return true;
  }

  private boolean takeReply(ByteBuf in) {
    if (in.readableBytes() < REPLY_HEADER_BYTES) {
      return false;
    }
    int start = in.readerIndex();
    if (in.getLong(start) != Wire.OPTION_REPLY_MAGIC) {
      throw broken("an option reply has a wrong magic");
    }
    if (in.getInt(start + 8) != option()) {
      throw broken("it answers an option that was not sent");
    }
    long length = in.getUnsignedInt(start + 16);
    if (length > MAX_REPLY_BYTES) {
      throw broken("an option reply claims " + length + " bytes");
    }
    if (in.readableBytes() < REPLY_HEADER_BYTES + length) {
      return false;
    }
    int type = in.getInt(start + 12);
    in.skipBytes(REPLY_HEADER_BYTES);
    takeReply(type, in.readSlice((int) length));
    return true;
  }

  private void takeReply(int type, ByteBuf data) {
    if (++replies > MAX_REPLIES) {
      throw broken("its option replies don't end");
    }
    if ((type & Wire.REP_ERROR_BIT) != 0) {
      takeError(type, data);
    } else if (type == Wire.REP_ACK) {
      takeAck(data);
    } else if (type == Wire.REP_INFO && step == Step.GO) {
      info.take(data);
    } else if (type == Wire.REP_META_CONTEXT && step == Step.SET_META_CONTEXT) {
      takeContext(data);
    } else {
      throw broken("reply type " + type + " does not belong to option " + option());
    }
  }

  private void takeAck(ByteBuf data) {
    if (data.isReadable()) {
      throw broken("an acknowledgement carries data");
    }
    switch (step) {
      case STRUCTURED_REPLY -> {
        structuredReplies = true;
        afterStructuredReplies();
      }
      case SET_META_CONTEXT -> afterContexts();
      case GO -> step = Step.DONE;
      case GREETING, DONE -> throw broken("an acknowledgement comes out of turn");
    }
  }

  private void takeError(int type, ByteBuf data) {
    String message =
        Text.printable(data.toString(0, Math.min(data.readableBytes(), 512), UTF_8)).strip();
    if (step == Step.STRUCTURED_REPLY && type == Wire.REP_ERR_UNSUP) {
      afterStructuredReplies();
      return;
    }
    abort();
    throw new NbdException.Refused(
        uri
            + ": the NBD server refused "
            + (step == Step.GO ? "the export '" + uri.export() + "'" : "option " + option())
            + " (error "
            + (type & ~Wire.REP_ERROR_BIT)
            + (message.isEmpty() ? "" : ", \"" + message + "\"")
            + "); is the export still there?");
  }

  private void takeContext(ByteBuf data) {
    if (data.readableBytes() < 5 || data.readableBytes() > 4 + Wire.MAX_STRING_BYTES) {
      throw broken("a metadata context has a wrong length");
    }
    int id = data.readInt();
    String name = data.toString(UTF_8);
    if (!options.metaContexts().contains(name)) {
      throw broken("it selects a metadata context that was not asked for");
    }
    if (contexts.putIfAbsent(id, name) != null) {
      throw broken("two metadata contexts have the same id");
    }
  }

  private void afterStructuredReplies() {
    if (options.metaContexts().isEmpty()) {
      sendGo();
    } else if (structuredReplies) {
      sendContexts();
    } else {
      throw new NbdException.Refused(
          uri + ": the NBD server has no structured replies, so it can't tell block status");
    }
  }

  private void afterContexts() {
    for (String wanted : options.metaContexts()) {
      if (!contexts.containsValue(wanted)) {
        abort();
        // Taking a missing dirty bitmap for "nothing is dirty" would lose data.
        throw new NbdException.Refused(
            uri + ": the NBD server does not have the metadata context '" + wanted + "'");
      }
    }
    sendGo();
  }

  private void sendContexts() {
    ByteBuf data = Unpooled.buffer();
    writeString(data, uri.export());
    data.writeInt(options.metaContexts().size());
    options.metaContexts().forEach(name -> writeString(data, name));
    send(Step.SET_META_CONTEXT, Wire.OPT_SET_META_CONTEXT, data);
  }

  private void sendGo() {
    ByteBuf data = Unpooled.buffer();
    writeString(data, uri.export());
    data.writeShort(1).writeShort(Wire.INFO_BLOCK_SIZE);
    send(Step.GO, Wire.OPT_GO, data);
  }

  private void send(Step next, int option, ByteBuf data) {
    step = next;
    writeOption(option, data);
  }

  private void abort() {
    writeOption(Wire.OPT_ABORT, Unpooled.EMPTY_BUFFER);
  }

  private void writeOption(int option, ByteBuf data) {
    out.accept(
        Unpooled.buffer(16 + data.readableBytes())
            .writeLong(Wire.OPTION_MAGIC)
            .writeInt(option)
            .writeInt(data.readableBytes())
            .writeBytes(data));
  }

  private int option() {
    return switch (step) {
      case STRUCTURED_REPLY -> Wire.OPT_STRUCTURED_REPLY;
      case SET_META_CONTEXT -> Wire.OPT_SET_META_CONTEXT;
      case GREETING, GO, DONE -> Wire.OPT_GO;
    };
  }

  private static void writeString(ByteBuf data, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    data.writeInt(bytes.length).writeBytes(bytes);
  }

  private NbdException broken(String how) {
    return new NbdException.Protocol(
        uri + ": the NBD server breaks the protocol in the handshake: " + how);
  }
}

package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.Text;
import io.tidemark.nbd.protocol.Wire;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * "Fixed newstyle negotiation" from the client's side: the greeting, then the options of a {@link
 * Plan}, one at a time, as the protocol demands. Fed with what arrives; throws {@link NbdException}
 * at the first thing that is wrong.
 */
final class Handshake {
  private static final int GREETING_BYTES = 18;
  private static final int REPLY_HEADER_BYTES = 20;

  /** Nothing legitimate is longer; see "Option replies". */
  private static final int MAX_REPLY_BYTES = 64 * 1024;

  /** Nor all of them together. */
  private static final int MAX_TOTAL_BYTES = 16 << 20;

  /** How far it is. */
  enum Progress {
    /** Wants more bytes. */
    WAITING,
    /** The connection must turn to TLS, and then call {@link #secured()}. */
    TLS,
    /** All options are through. */
    DONE
  }

  private final NbdUri uri;
  private final Consumer<ByteBuf> out;
  private final Queue<Option> options;
  private Progress progress = Progress.WAITING;
  private boolean greeted;
  private int replies;
  private long totalBytes;

  Handshake(NbdUri uri, Plan plan, Consumer<ByteBuf> out) {
    this.uri = uri;
    this.out = out;
    this.options = new ArrayDeque<>(plan.options());
  }

  /**
   * Takes what it can from the bytes received; what it leaves it wants to see again with more
   * behind it.
   */
  Progress receive(ByteBuf in) {
    return guarded(() -> {
      while (progress == Progress.WAITING && takeMessage(in)) {
        // Each round takes one whole message.
      }
      if (progress == Progress.TLS && in.isReadable()) {
        // Whoever sits between could put it there, to be taken for what the server says over TLS.
        throw new IllegalReply("plaintext follows where TLS begins");
      }
    });
  }

  /** The connection is encrypted from here on. */
  Progress secured() {
    return guarded(() -> {
      progress = Progress.WAITING;
      sendNext();
    });
  }

  private Progress guarded(Runnable step) {
    try {
      step.run();
      return progress;
    } catch (IllegalReply e) {
      throw new NbdException.Protocol(
          uri + ": the NBD server breaks the protocol in the handshake: " + e.getMessage());
    } catch (Refusal e) {
      abort();
      throw new NbdException.Refused(uri + ": the NBD server " + e.getMessage());
    }
  }

  /** Takes leave without having opened an export. */
  void abort() {
    write(Wire.OPT_ABORT, Unpooled.EMPTY_BUFFER);
  }

  private boolean takeMessage(ByteBuf in) {
    return greeted ? takeReply(in) : takeGreeting(in);
  }

  private boolean takeGreeting(ByteBuf in) {
    if (in.readableBytes() < GREETING_BYTES) {
      return false;
    }
    if (in.readLong() != Wire.NBD_MAGIC) {
      throw new IllegalReply("it does not greet like an NBD server");
    }
    if (in.readLong() != Wire.OPTION_MAGIC) {
      throw new IllegalReply("it speaks the old handshake, which can't negotiate");
    }
    int flags = in.readUnsignedShort();
    if ((flags & Wire.FLAG_FIXED_NEWSTYLE) == 0) {
      throw new IllegalReply("it does not speak the fixed newstyle handshake");
    }
    greeted = true;
    // The low bits are the same on both sides; only what was offered may be claimed.
    out.accept(
        Unpooled.buffer(4).writeInt(flags & (Wire.FLAG_FIXED_NEWSTYLE | Wire.FLAG_NO_ZEROES)));
    sendNext();
    return true;
  }

  private boolean takeReply(ByteBuf in) {
    if (in.readableBytes() < REPLY_HEADER_BYTES) {
      return false;
    }
    int start = in.readerIndex();
    if (in.getLong(start) != Wire.OPTION_REPLY_MAGIC) {
      throw new IllegalReply("an option reply has a wrong magic");
    }
    if (in.getInt(start + 8) != options.element().code()) {
      throw new IllegalReply("it answers an option that was not sent");
    }
    long length = in.getUnsignedInt(start + 16);
    if (length > MAX_REPLY_BYTES) {
      throw new IllegalReply("an option reply claims " + length + " bytes");
    }
    if (in.readableBytes() < REPLY_HEADER_BYTES + length) {
      return false;
    }
    int type = in.getInt(start + 12);
    in.skipBytes(REPLY_HEADER_BYTES);
    totalBytes += length;
    takeReply(options.element(), type, in.readSlice((int) length));
    return true;
  }

  private void takeReply(Option option, int type, ByteBuf data) {
    if (++replies > option.maxReplies() || totalBytes > MAX_TOTAL_BYTES) {
      throw new IllegalReply("its option replies don't end");
    }
    if ((type & Wire.REP_ERROR_BIT) != 0) {
      takeError(option, type & ~Wire.REP_ERROR_BIT, data);
      next();
    } else if (type == Wire.REP_ACK) {
      if (data.isReadable()) {
        throw new IllegalReply("an acknowledgement carries data");
      }
      option.acknowledged();
      next();
    } else if (!option.take(type, data)) {
      throw new IllegalReply("reply type " + type + " does not belong to option " + option.code());
    }
  }

  private void next() {
    if (options.remove() instanceof Option.StartTls) {
      progress = Progress.TLS;
    } else {
      sendNext();
    }
  }

  private void sendNext() {
    replies = 0;
    while (!options.isEmpty() && !options.element().wanted()) {
      options.remove();
    }
    if (options.isEmpty()) {
      progress = Progress.DONE;
    } else {
      write(options.element().code(), options.element().data());
    }
  }

  /** Returns if the handshake can go on all the same. */
  private static void takeError(Option option, int error, ByteBuf data) {
    String message =
        Text.printable(data.toString(0, Math.min(data.readableBytes(), 512), UTF_8)).strip();
    String said = " (error " + error + (message.isEmpty() ? "" : ", \"" + message + "\"") + ")";
    if (error == Wire.ERR_TLS_REQD) {
      throw new Refusal("demands TLS; use nbds:// or nbds+unix://" + said);
    }
    if (error == Wire.ERR_SHUTDOWN) {
      throw new Refusal("is shutting down" + said);
    }
    if (!option.optional()) {
      String hint = error == Wire.ERR_UNKNOWN ? "; is the export still there?" : "";
      throw new Refusal("refused " + option.subject() + said + hint);
    }
  }

  private void write(int option, ByteBuf data) {
    out.accept(
        Unpooled.buffer(16 + data.readableBytes())
            .writeLong(Wire.OPTION_MAGIC)
            .writeInt(option)
            .writeInt(data.readableBytes())
            .writeBytes(data));
  }
}

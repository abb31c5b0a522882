package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Wire;
import java.util.Set;

/**
 * Something went wrong between this client and an NBD server; the message names the URI and says
 * what to do.
 */
public abstract sealed class NbdException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NbdException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Whether the same may succeed when it is tried again a little later. Where the connection is
   * lost ({@link Unreachable}, {@link Closed}, {@link TimedOut}) that takes a new one. A read can
   * always be repeated; of a write that failed so it is unknown whether it was carried out, and to
   * repeat it is right only if nobody else wrote there.
   */
  public abstract boolean retryable();

  /** The server can't be reached. Retryable: it may be about to start. */
  public static final class Unreachable extends NbdException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public boolean retryable() {
      return true;
    }
  }

  /**
   * The server refused what was asked in the handshake (the export, a metadata context, structured
   * replies), or TLS with it failed. Not retryable: it will refuse again.
   */
  public static final class Refused extends NbdException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null);
    }

    Refused(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }

  /**
   * What is asked can't be done with this export or by this client; nothing was sent, and the
   * connection goes on. Not retryable.
   */
  public static final class Unsupported extends NbdException {
    private static final long serialVersionUID = 1L;

    Unsupported(String message) {
      super(message, null);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }

  /**
   * The server broke the protocol; nothing that it said can be trusted, and the connection is
   * closed. Not retryable: it is another program, or a hostile one.
   */
  public static final class Protocol extends NbdException {
    private static final long serialVersionUID = 1L;

    Protocol(String message) {
      super(message, null);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }

  /**
   * The server answered a request with an error; the connection goes on. Retryable if the error is
   * one of those that may pass: EIO, ENOMEM and ESHUTDOWN.
   */
  public static final class Server extends NbdException {
    private static final long serialVersionUID = 1L;
    private static final Set<Integer> PASSING = Set.of(Wire.EIO, Wire.ENOMEM, Wire.ESHUTDOWN);

    private final int errno;

    Server(String message, int errno) {
      super(message, null);
      this.errno = errno;
    }

    /** The error number of the protocol ("Error values"), for example 5 for EIO. */
    public int errno() {
      return errno;
    }

    @Override
    public boolean retryable() {
      return PASSING.contains(errno);
    }
  }

  /**
   * The connection is closed: by the server in mid-request, or by {@link NbdConnection#close()}.
   * Retryable.
   */
  public static final class Closed extends NbdException {
    private static final long serialVersionUID = 1L;

    Closed(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public boolean retryable() {
      return true;
    }
  }

  /**
   * The server did not answer in time. If that was {@link NbdOptions#requestTimeout()}, or {@link
   * NbdOptions#slowRequestTimeout()} for what is slow, the connection is closed; if the limit was
   * that of {@link NbdConnection#withTimeout} it goes on. Retryable.
   */
  public static final class TimedOut extends NbdException {
    private static final long serialVersionUID = 1L;

    TimedOut(String message) {
      super(message, null);
    }

    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** The caller did not want it any more; the connection goes on. Not retryable. */
  public static final class Cancelled extends NbdException {
    private static final long serialVersionUID = 1L;

    Cancelled(String message) {
      super(message, null);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }
}

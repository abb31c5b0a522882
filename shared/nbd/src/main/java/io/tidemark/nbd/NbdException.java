package io.tidemark.nbd;

/**
 * Something went wrong between this client and an NBD server; the message names the URI and says
 * what to do.
 */
public abstract sealed class NbdException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NbdException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The server can't be reached. */
  public static final class Unreachable extends NbdException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The server refused what was asked in the handshake: the export, a metadata context, structured
   * replies.
   */
  public static final class Refused extends NbdException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null);
    }
  }

  /**
   * The server broke the protocol; nothing that it said can be trusted, and the connection is
   * closed.
   */
  public static final class Protocol extends NbdException {
    private static final long serialVersionUID = 1L;

    Protocol(String message) {
      super(message, null);
    }
  }

  /** The server answered a request with an error; the connection goes on. */
  public static final class Server extends NbdException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    Server(String message, int errno) {
      super(message, null);
      this.errno = errno;
    }

    /** The error number of the protocol ("Error values"), for example 5 for EIO. */
    public int errno() {
      return errno;
    }
  }

  /**
   * The connection is closed: by the server in mid-request, or by {@link NbdConnection#close()}.
   */
  public static final class Closed extends NbdException {
    private static final long serialVersionUID = 1L;

    Closed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The server did not answer in time; the connection is closed. */
  public static final class TimedOut extends NbdException {
    private static final long serialVersionUID = 1L;

    TimedOut(String message) {
      super(message, null);
    }
  }
}

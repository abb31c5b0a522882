package io.tidemark.hypervisor;

/**
 * Something that libvirt could not do; the message names the domain or disk and says what to do.
 */
public abstract sealed class HypervisorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HypervisorException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The daemon can't be reached; trying again later may help. */
  public static final class Unavailable extends HypervisorException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** There is no such domain. */
  public static final class NoSuchDomain extends HypervisorException {
    private static final long serialVersionUID = 1L;

    public NoSuchDomain(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * A bitmap is missing or inconsistent, or the checkpoint unknown: this disk can't be read
   * incrementally.
   */
  public static final class CheckpointBroken extends HypervisorException {
    private static final long serialVersionUID = 1L;
    private final String target;

    /**
     * @param target the disk that libvirt names, or empty text if it names none (the checkpoint
     *     itself is unknown)
     */
    public CheckpointBroken(String target, String message, Throwable cause) {
      super(message, cause);
      this.target = target;
    }

    /** The disk that libvirt names; empty text if it names none. */
    public String target() {
      return target;
    }
  }

  /** The guest has no agent that answers. */
  public static final class AgentUnavailable extends HypervisorException {
    private static final long serialVersionUID = 1L;

    public AgentUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** It took longer than the caller was willing to wait, or another job holds the domain. */
  public static final class TimedOut extends HypervisorException {
    private static final long serialVersionUID = 1L;

    public TimedOut(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** libvirt refused; trying again will not help. */
  public static final class Refused extends HypervisorException {
    private static final long serialVersionUID = 1L;

    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

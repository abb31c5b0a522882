package io.tidemark.extractor;

/** The shard was given up because nobody wants it any more, or not from this worker. */
final class ShardCancelledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  enum Reason {
    /** The backup or restore is over. */
    JOB_ENDED,
    /** This worker stops; another one takes the shard. */
    WORKER_STOPS
  }

  private final Reason reason;

  ShardCancelledException(Reason reason, String jobId) {
    // No stack trace: this is no error, and where it was made says nothing.
    super(
        switch (reason) {
          case JOB_ENDED -> "The job " + jobId + " is over.";
          case WORKER_STOPS -> "This worker stops; another takes the shard of job " + jobId + ".";
        },
        null,
        false,
        false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}

package io.tidemark.nbd;

import java.util.Optional;

/**
 * Writes that a pool's connections answered and that no flush covers yet. When a connection is lost
 * meanwhile they may be lost with it, as when the server was started anew; a flush of another
 * connection would not tell. Lives on the pool's context.
 */
final class Unflushed {
  private final NbdUri uri;
  private long written;
  private long flushed;
  private Optional<NbdException> doubt = Optional.empty();

  Unflushed(NbdUri uri) {
    this.uri = uri;
  }

  /** One more is answered. */
  void written() {
    written++;
  }

  /** What a flush that begins now will cover. */
  long mark() {
    return written;
  }

  /** A flush has succeeded that began at this mark. */
  void flushed(long mark) {
    flushed = Math.max(flushed, mark);
  }

  void connectionLost(NbdException cause) {
    if (written > flushed) {
      doubt =
          Optional.of(
              new NbdException.Closed(
                  uri
                      + ": a connection was lost before what had been written was flushed; write"
                      + " it again",
                  cause));
    }
  }

  /** Why the flush that is asked for now must fail; told once. */
  Optional<NbdException> takeDoubt() {
    Optional<NbdException> told = doubt;
    if (told.isPresent()) {
      doubt = Optional.empty();
      flushed = written;
    }
    return told;
  }
}

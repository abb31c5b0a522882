package io.tidemark.repository;

/** Told on the working thread how a verification goes. An exception thrown from here stops it. */
public interface VerifyListener extends ProgressListener {

  /** Listens to nothing. */
  VerifyListener NONE = (done, total) -> {};

  /** Told after every block; a good place to stop. */
  default void step() {}

  /** From here another verification can go on; told after each pack. */
  default void reached(VerifyState state) {}
}

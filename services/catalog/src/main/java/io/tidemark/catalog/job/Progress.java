package io.tidemark.catalog.job;

import java.util.Optional;

/** How far a job is, in bytes; {@code totalBytes} is 0 while it is not known. */
public record Progress(
    long doneBytes, long totalBytes, long bytesPerSecond, Optional<Long> secondsLeft) {}

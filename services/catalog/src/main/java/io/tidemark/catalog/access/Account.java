package io.tidemark.catalog.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody with a password.
 *
 * @param version counts the changes
 */
public record Account(
    String name, Role role, long version, Instant createdAt, Optional<Instant> lastLoginAt) {}

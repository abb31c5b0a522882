package io.tidemark.catalog.access;

import java.time.Instant;
import java.util.Optional;

/** A token of the API, without its secret. */
public record Token(
    String id,
    String name,
    Role role,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    Optional<Instant> lastUsedAt) {}

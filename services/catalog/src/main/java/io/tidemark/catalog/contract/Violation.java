package io.tidemark.catalog.contract;

/**
 * What a request has that the contract doesn't allow.
 *
 * @param detail one sentence that names the thing and says what to do
 */
public record Violation(String detail) {}

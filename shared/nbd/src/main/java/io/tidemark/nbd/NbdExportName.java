package io.tidemark.nbd;

/**
 * An export as a server lists it.
 *
 * @param name what connections ask for; empty text is the default export
 * @param description for people; may be empty
 */
public record NbdExportName(String name, String description) {}

package io.tidemark.catalog.access;

import java.nio.file.Path;

/**
 * A certificate and its key, both PEM; read anew when they change.
 *
 * @param certificate the certificate and those that signed it
 * @param key its private key, PKCS#8
 */
public record TlsFiles(Path certificate, Path key) {}

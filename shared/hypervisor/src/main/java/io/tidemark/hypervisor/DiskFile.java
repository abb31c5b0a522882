package io.tidemark.hypervisor;

/**
 * A file or device that a disk of a domain names.
 *
 * @param path absolute path
 * @param format {@code raw}, {@code qcow2}…; {@code raw} if the XML says none
 */
public record DiskFile(String path, String format) {}

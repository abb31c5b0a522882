package io.tidemark.hypervisor;

/**
 * A volume of a storage pool that a disk of a domain names.
 *
 * @param pool name of the pool
 * @param volume name of the volume in it
 * @param format {@code raw}, {@code qcow2}…; {@code raw} if the XML says none
 */
public record DiskVolume(String pool, String volume, String format) {}

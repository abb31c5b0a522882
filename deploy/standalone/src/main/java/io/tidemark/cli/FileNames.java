package io.tidemark.cli;

/** File names made of names that come from outside. */
final class FileNames {
  private FileNames() {}

  /** A VM's name as part of a file name: libvirt allows nearly everything in it but slashes. */
  static String safe(String name) {
    String safe = name.replaceAll("[/\\p{Cntrl}]", "_");
    return safe.startsWith(".") ? "_" + safe.substring(1) : safe;
  }
}

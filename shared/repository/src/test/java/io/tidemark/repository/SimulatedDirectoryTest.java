package io.tidemark.repository;

import io.tidemark.repository.powercut.SimFileSystem;

/** A directory of the file system that the power cuts are tried on: it must be like a real one. */
class SimulatedDirectoryTest extends StorageConformance {
  private final SimFileSystem system = new SimFileSystem();

  @Override
  Storage open() {
    return new LocalDirectory(system.getPath("/storage"));
  }
}

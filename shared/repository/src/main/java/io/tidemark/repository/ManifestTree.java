package io.tidemark.repository;

import java.util.ArrayList;
import java.util.List;

/** A tree that a restore point needs: a disk's, or that of another file of the domain. */
record ManifestTree(String name, long sizeBytes, Ref root) {

  static ManifestTree of(ManifestDisk disk) {
    return new ManifestTree(disk.target(), disk.sizeBytes(), disk.root());
  }

  static ManifestTree of(ManifestFile.Stored file) {
    return new ManifestTree(file.name(), file.sizeBytes(), file.root());
  }

  /** All trees of a point. */
  static List<ManifestTree> all(Manifest manifest) {
    List<ManifestTree> trees = new ArrayList<>();
    manifest.disks().forEach(disk -> trees.add(of(disk)));
    for (ManifestFile file : manifest.files()) {
      if (file instanceof ManifestFile.Stored stored) {
        trees.add(of(stored));
      }
    }
    return trees;
  }
}

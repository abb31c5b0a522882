package io.tidemark.repository.powercut;

import java.util.Map;
import java.util.TreeMap;

/** Names and what they stand for. */
final class Directory implements Inode {
  final Map<String, Inode> entries = new TreeMap<>();
}

package io.tidemark.repository.powercut;

/** A file or a directory. */
sealed interface Inode permits Content, Directory {}

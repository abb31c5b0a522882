package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of a repository are: all that a repository asks of a file system or an object
 * store. Names are relative, their parts separated by {@code /}; a file has its name only once it
 * is whole and durable, and then keeps its bytes until it is replaced or deleted as a whole. Any
 * thread; blocks. What {@code StorageConformance} checks, every implementation keeps.
 */
interface Storage extends AutoCloseable {

  /** A file and its length in bytes. */
  record Stored(String name, long bytes) {}

  /** Where that is, for messages; an empty name for the whole. */
  String location(String name);

  /** Whether there is nothing in it that could be lost; also if it isn't there at all. */
  boolean isBlank() throws IOException;

  /** Makes what has to be there before the first file; nothing happens if it is there. */
  void prepare() throws IOException;

  /** What is wrong with it as a whole, such as that it has vanished; empty if nothing is. */
  Optional<String> problem();

  /**
   * Writes a small file, whole and durable.
   *
   * @return false if there is a file of that name, which stays as it is
   */
  boolean putIfAbsent(String name, ByteBuffer content) throws IOException;

  /** Begins a file of any length, which does not exist before {@link Upload#publish}. */
  Upload upload(String name) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  Blob open(String name) throws IOException;

  /**
   * All bytes of a small file, which are durable then, whoever wrote them.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  ByteBuffer confirm(String name) throws IOException;

  /**
   * Whether there is a file of that name; with an empty name, whether there is anything at all.
   * Fails where it can't be known.
   */
  boolean exists(String name) throws IOException;

  /** All files below a directory, in no order; those that are being written are not among them. */
  List<Stored> list(String directory) throws IOException;

  /** Deletes a file, durably; returns its length, 0 if there was none. */
  long delete(String name) throws IOException;

  /** Throws away what writers that are gone have left unfinished; returns how many files. */
  int reclaim() throws IOException;

  /** The typed form of a failure. */
  RepositoryException failure(IOException cause, String doing, String name);

  /** Nothing that was opened or begun may be used any more. */
  @Override
  void close();

  /** A finished file, open; goes on to be readable when it is replaced or deleted. */
  interface Blob extends AutoCloseable {

    /** Its length in bytes. */
    long bytes() throws IOException;

    /** Fills {@code target} from {@code offset}; false when the file ends before it is full. */
    boolean readFully(ByteBuffer target, long offset) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A file that is being written, from its start to its end; one thread at a time. */
  interface Upload extends AutoCloseable {

    /** Where the next byte goes. */
    long position();

    /** Takes all that remains of {@code bytes}. An earlier write's failure may be thrown here. */
    void append(ByteBuffer bytes) throws IOException;

    /** What was appended so far; valid until the next append. */
    Blob soFar() throws IOException;

    /**
     * Makes the file durable under its name, in place of any that has it.
     *
     * @return its length in bytes
     */
    long publish() throws IOException;

    /** Drops the file unless it was published. */
    @Override
    void close() throws IOException;
  }
}

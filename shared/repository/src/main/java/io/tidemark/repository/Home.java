package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** The repository as a whole: making it, recognising it, noticing that it has gone. */
record Home(Storage storage, SealedJson json) {

  /** Whether there is nothing that could be lost. */
  boolean isBlank() {
    try {
      return storage.isBlank();
    } catch (IOException e) {
      throw storage.failure(e, "read", "");
    }
  }

  /**
   * Makes a repository here; the header comes last, and of several makers at once only one wins.
   */
  void create() {
    try {
      storage.prepare();
      storage.putIfAbsent(Layout.HEADER, json.encode(RepositoryHeader.create()));
      // Another maker's may not be durable yet, nor ever be made so by that one.
      storage.confirm(Layout.HEADER);
    } catch (IOException e) {
      throw storage.failure(e, "create a repository in", "");
    }
  }

  /** Makes the header durable that is there, whoever made it; nothing happens if there is none. */
  void confirm() {
    try {
      storage.confirm(Layout.HEADER);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Reading it tells that better.
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.HEADER);
    }
  }

  /** Reads the header, and checks that the parts it promises are there. */
  RepositoryHeader read() {
    RepositoryHeader header = readHeader();
    storage
        .problem()
        .ifPresent(problem -> {
          throw new NotARepositoryException(storage.location(""), problem);
        });
    return header;
  }

  /** Fails unless this still is the repository {@code id}. */
  void requirePresent(String id) {
    String found = read().id();
    if (!found.equals(id)) {
      throw new NotARepositoryException(
          storage.location(""), "it was the repository " + id + " and now is another, " + found);
    }
  }

  /**
   * Reads a file that ends in its checksum.
   *
   * @param what what it is, for messages
   * @throws NoSuchFileException if there is none
   */
  <T> T read(String name, Class<T> type, String what) throws IOException {
    try (Storage.Blob blob = storage.open(name)) {
      if (blob.bytes() > SealedJson.MAX_BYTES) {
        throw DamagedDataException.ofFile(
            storage.location(name),
            "it has " + blob.bytes() + " bytes, more than any " + what + " has",
            null);
      }
      byte[] bytes = new byte[Math.toIntExact(blob.bytes())];
      if (!blob.readFully(ByteBuffer.wrap(bytes), 0)) {
        throw new IOException("the file became shorter while it was read");
      }
      return json.decode(bytes, type, storage.location(name), what);
    }
  }

  /** A restore point's file; refused if nobody could read it again. */
  ByteBuffer encode(Manifest manifest, String name) {
    ByteBuffer content = json.encode(manifest);
    if (content.remaining() > SealedJson.MAX_BYTES) {
      throw new RefusedException(
          "The restore point "
              + manifest.id()
              + " would have a manifest of "
              + content.remaining()
              + " bytes, of "
              + SealedJson.MAX_BYTES
              + " at most. Keep its large files as blocks.");
    }
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    if (!json.decode(bytes, Manifest.class, storage.location(name), "restore point")
        .equals(manifest)) {
      throw new RefusedException(
          "The restore point "
              + manifest.id()
              + " would not be read back as it is: some of its text is no Unicode.");
    }
    return content;
  }

  private RepositoryHeader readHeader() {
    try {
      return read(Layout.HEADER, RepositoryHeader.class, "repository");
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new NotARepositoryException(storage.location(""), missing());
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.HEADER);
    }
  }

  private String missing() {
    try {
      return storage.exists("") ? "it has no " + Layout.HEADER : "there is no such directory";
    } catch (IOException e) {
      throw storage.failure(e, "read", "");
    }
  }
}

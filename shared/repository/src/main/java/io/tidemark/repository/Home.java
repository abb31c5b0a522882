package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The repository's directory itself: making it, recognising it, noticing that it has gone. */
record Home(Path directory, SealedJson json) {

  /**
   * What may be in a directory that a new repository is made in: nothing, or what an interrupted
   * making has left.
   */
  private static final Set<String> UNIMPORTANT =
      Set.of("lost+found", Layout.PACKS, Layout.POINTS, Layout.TMP);

  Path points() {
    return directory.resolve(Layout.POINTS);
  }

  Path packs() {
    return directory.resolve(Layout.PACKS);
  }

  Path tmp() {
    return directory.resolve(Layout.TMP);
  }

  /** Whether the directory is missing or holds nothing that could be lost. */
  boolean isBlank() {
    try {
      for (Path child : children(directory)) {
        String name = child.getFileName().toString();
        boolean holdsData = name.equals(Layout.PACKS) || name.equals(Layout.POINTS);
        if (!UNIMPORTANT.contains(name) || (holdsData && !children(child).isEmpty())) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw StorageException.of(e, "read", directory);
    }
  }

  /**
   * Makes a repository here; the header comes last, and of several makers at once only one wins.
   */
  void create() {
    try {
      Files.createDirectories(directory);
      for (Path part : List.of(packs(), points(), tmp())) {
        Durable.createDirectory(part);
      }
      write(json.encode(RepositoryHeader.create()), header());
      Durable.forceDirectory(Durable.parent(directory));
    } catch (IOException e) {
      throw StorageException.of(e, "create a repository in", directory);
    }
  }

  /** Reads the header, and checks that the parts it promises are there. */
  RepositoryHeader read() {
    RepositoryHeader header = readHeader();
    for (Path part : List.of(packs(), points())) {
      if (!Files.isDirectory(part)) {
        throw new NotARepositoryException(directory, "its directory " + part + " is missing");
      }
    }
    return header;
  }

  /** Fails unless the directory still is the repository {@code id}. */
  void requirePresent(String id) {
    String found = read().id();
    if (!found.equals(id)) {
      throw new NotARepositoryException(
          directory, "it was the repository " + id + " and now is another, " + found);
    }
  }

  /** Writes a small file durably; returns false and changes nothing when {@code target} exists. */
  boolean write(ByteBuffer content, Path target) throws IOException {
    try (TempFile file = TempFile.create(tmp(), target.getFileName().toString())) {
      Durable.writeFully(file.channel(), content, 0);
      return file.moveIfAbsent(target);
    }
  }

  private RepositoryHeader readHeader() {
    try {
      byte[] bytes = Files.readAllBytes(header());
      return json.decode(bytes, RepositoryHeader.class, header(), "repository");
    } catch (NoSuchFileException | NotDirectoryException e) {
      String problem =
          Files.exists(directory) ? "it has no " + Layout.HEADER : "there is no such directory";
      throw new NotARepositoryException(directory, problem);
    } catch (IOException e) {
      throw StorageException.of(e, "read", header());
    }
  }

  private Path header() {
    return directory.resolve(Layout.HEADER);
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}

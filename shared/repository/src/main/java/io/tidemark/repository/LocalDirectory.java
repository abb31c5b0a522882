package io.tidemark.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of a POSIX file system. Files are written below {@code tmp}, forced, renamed, and the
 * directory that has the name is forced after it.
 */
final class LocalDirectory implements Storage {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDirectory.class);

  /** The parts that an interrupted making may have left, and that a repository can't lack. */
  private static final List<String> PARTS = List.of(Layout.PACKS, Layout.POINTS, Layout.TMP);

  private static final Set<String> HOLDING_DATA = Set.of(Layout.PACKS, Layout.POINTS);

  private final Path directory;
  private final Pieces pieces;

  LocalDirectory(Path directory) {
    this(directory, new Pieces());
  }

  /**
   * @param pieces closed with it
   */
  LocalDirectory(Path directory, Pieces pieces) {
    this.directory = directory;
    this.pieces = pieces;
  }

  @Override
  public String location(String name) {
    return path(name).toString();
  }

  @Override
  public boolean isBlank() throws IOException {
    for (Path child : children(directory)) {
      String name = child.getFileName().toString();
      boolean known = name.equals("lost+found") || PARTS.contains(name);
      if (!known || (HOLDING_DATA.contains(name) && !children(child).isEmpty())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void prepare() throws IOException {
    Durable.createDirectories(directory);
    for (String part : PARTS) {
      Durable.createDirectory(path(part));
    }
  }

  @Override
  public Optional<String> problem() {
    if (!Files.isDirectory(directory)) {
      return Optional.of("there is no such directory");
    }
    return HOLDING_DATA.stream()
        .map(this::path)
        .filter(part -> !Files.isDirectory(part))
        .sorted()
        .findFirst()
        .map(part -> "its directory " + part + " is missing");
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) throws IOException {
    try (TempFile file = temporary(name)) {
      Durable.writeFully(file.channel(), content, 0);
      return file.moveIfAbsent(path(name));
    }
  }

  @Override
  public Upload upload(String name) throws IOException {
    TempFile file = temporary(name);
    try {
      return new LocalUpload(file, path(name), pieces);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Blob open(String name) throws IOException {
    return new LocalBlob(FileChannel.open(path(name), StandardOpenOption.READ));
  }

  @Override
  public ByteBuffer confirm(String name) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path(name)));
    // Whoever wrote it may have died before its own fsync.
    Durable.forceFile(path(name));
    Durable.forceDirectory(Durable.parent(path(name)));
    return content;
  }

  @Override
  public boolean exists(String name) throws IOException {
    return Durable.exists(path(name));
  }

  @Override
  public List<Stored> list(String below) throws IOException {
    List<Stored> files = new ArrayList<>();
    if (!addBelow(path(below), below, files)) {
      // One file less, or has all of it gone?
      Optional<String> problem = problem();
      if (problem.isPresent()) {
        throw new NoSuchFileException(location(below), null, problem.get());
      }
    }
    return files;
  }

  @Override
  public long delete(String name) throws IOException {
    Path file = path(name);
    long bytes = 0;
    try {
      bytes = Files.size(file);
      Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      // Whoever deleted it may have died before its own fsync.
    }
    if (Durable.exists(Durable.parent(file))) {
      Durable.forceDirectory(Durable.parent(file));
    }
    return bytes;
  }

  @Override
  public int reclaim() throws IOException {
    int reclaimed = 0;
    for (Path file : children(path(Layout.TMP))) {
      if (TempFile.reclaim(file)) {
        LOG.info("Deleted a file that a writer left which is gone [file: {}]", file);
        reclaimed++;
      }
    }
    return reclaimed;
  }

  @Override
  public RepositoryException failure(IOException cause, String doing, String name) {
    return StorageException.of(cause, doing, path(name));
  }

  @Override
  public void close() {
    pieces.close();
  }

  private TempFile temporary(String name) throws IOException {
    String stem = path(name).getFileName().toString().replace(Layout.PACK_SUFFIX, "");
    return TempFile.create(path(Layout.TMP), stem);
  }

  private Path path(String name) {
    return name.isEmpty() ? directory : directory.resolve(name);
  }

  /** Returns false if something was gone when it was looked at. */
  private static boolean addBelow(Path at, String prefix, List<Stored> files) throws IOException {
    boolean complete = true;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(at)) {
      for (Path child : children) {
        String name = prefix + "/" + child.getFileName();
        try {
          BasicFileAttributes found = Files.readAttributes(child, BasicFileAttributes.class);
          if (found.isDirectory()) {
            complete &= addBelow(child, name, files);
          } else {
            files.add(new Stored(name, found.size()));
          }
        } catch (NoSuchFileException e) {
          complete = false;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return complete;
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private record LocalBlob(FileChannel channel) implements Blob {
    @Override
    public long bytes() throws IOException {
      return channel.size();
    }

    @Override
    public boolean readFully(ByteBuffer target, long offset) throws IOException {
      return Durable.readFully(channel, target, offset);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** A temporary file and what goes into it. */
  private static final class LocalUpload implements Upload {
    private final TempFile file;
    private final Path target;
    private final PackOutput out;

    LocalUpload(TempFile file, Path target, Pieces pieces) {
      this.file = file;
      this.target = target;
      this.out = new PackOutput(file, pieces);
    }

    @Override
    public long position() {
      return out.position();
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      out.append(bytes);
    }

    @Override
    public Blob soFar() throws IOException {
      out.settle();
      // Its channel is the upload's own: a second one would end the file's lock when closed.
      return new Blob() {
        @Override
        public long bytes() {
          return out.position();
        }

        @Override
        public boolean readFully(ByteBuffer bytes, long offset) throws IOException {
          return Durable.readFully(file.channel(), bytes, offset);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public long publish() throws IOException {
      long bytes = out.finish();
      Durable.createDirectory(Durable.parent(target));
      file.moveTo(target);
      // Not before: a file's lock is lost with any descriptor of it that its process closes.
      out.close();
      return bytes;
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } finally {
        file.close();
      }
    }
  }
}

package io.tidemark.repository.powercut;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hands the calls of {@link java.nio.file.Files} to the disk. */
final class SimProvider extends FileSystemProvider {
  private final SimFileSystem system;
  private final Disk disk;

  SimProvider(SimFileSystem system, Disk disk) {
    this.system = system;
    this.disk = disk;
  }

  @Override
  public String getScheme() {
    return "sim";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return system;
  }

  @Override
  public Path getPath(URI uri) {
    return system.getPath(uri.getPath());
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    SimPath at = (SimPath) path;
    if (options.contains(StandardOpenOption.CREATE_NEW)
        || options.contains(StandardOpenOption.CREATE)) {
      return new SimChannel(
          disk,
          at.toString(),
          disk.create(at, options.contains(StandardOpenOption.CREATE_NEW)),
          true);
    }
    disk.look(Faults.Call.OPEN);
    return new SimChannel(
        disk, at.toString(), disk.get(at), options.contains(StandardOpenOption.WRITE));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> children = new ArrayList<>();
    for (String name : disk.list((SimPath) directory)) {
      Path child = directory.resolve(name);
      if (filter.accept(child)) {
        children.add(child);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return children.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    disk.makeDirectory((SimPath) directory);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    disk.link((SimPath) existing, (SimPath) link);
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.unlink((SimPath) path);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    disk.rename((SimPath) source, (SimPath) target);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return disk.get((SimPath) path) == disk.get((SimPath) other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    disk.requirePower();
    return new SimStore();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    disk.look(Faults.Call.STAT);
    disk.get((SimPath) path);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    disk.look(Faults.Call.STAT);
    return type.cast(new SimAttributes(disk.get((SimPath) path)));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}

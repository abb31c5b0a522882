package io.tidemark.repository.powercut;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A file system in memory whose power can fail. Any thread. */
public final class SimFileSystem extends FileSystem {
  private final Disk disk;
  private final SimProvider provider;

  /** An empty one. */
  public SimFileSystem() {
    this(new Disk());
  }

  private SimFileSystem(Disk disk) {
    this.disk = disk;
    this.provider = new SimProvider(this, disk);
  }

  /** From now on that goes wrong. */
  public void breakWith(Faults faults) {
    disk.breakWith(faults);
  }

  /** Whether the power has failed. */
  public boolean isOff() {
    return disk.isOff();
  }

  /**
   * What is found when the power is back, by a process that is another one than the last: its
   * temporary files are somebody else's now.
   *
   * @param chance of each sector and name that was not forced to the disk to be there all the same
   */
  public SimFileSystem afterPowerCut(Random random, double chance) {
    return new SimFileSystem(disk.afterPowerCut(random, chance));
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of(new SimStore());
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public Path getPath(String first, String... more) {
    return SimPath.parse(this, more.length == 0 ? first : first + "/" + String.join("/", more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}

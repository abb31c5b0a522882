package io.tidemark.repository.powercut;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A path in a {@link SimFileSystem}. */
final class SimPath implements Path {
  private final SimFileSystem system;
  private final boolean absolute;
  private final List<String> names;

  SimPath(SimFileSystem system, boolean absolute, List<String> names) {
    this.system = system;
    this.absolute = absolute;
    this.names = List.copyOf(names);
  }

  static SimPath parse(SimFileSystem system, String text) {
    List<String> names = Stream.of(text.split("/", -1)).filter(name -> !name.isEmpty()).toList();
    return new SimPath(system, text.startsWith("/"), names);
  }

  List<String> names() {
    return names;
  }

  @Override
  public FileSystem getFileSystem() {
    return system;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public SimPath getRoot() {
    return absolute ? new SimPath(system, true, List.of()) : null;
  }

  @Override
  public SimPath getFileName() {
    return names.isEmpty() ? null : new SimPath(system, false, List.of(names.getLast()));
  }

  @Override
  public SimPath getParent() {
    return names.isEmpty() || (names.size() == 1 && !absolute)
        ? null
        : new SimPath(system, absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public SimPath getName(int index) {
    return new SimPath(system, false, List.of(names.get(index)));
  }

  @Override
  public SimPath subpath(int begin, int end) {
    return new SimPath(system, false, names.subList(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof SimPath path
        && path.absolute == absolute
        && path.names.size() <= names.size()
        && names.subList(0, path.names.size()).equals(path.names);
  }

  @Override
  public boolean endsWith(Path other) {
    return other instanceof SimPath path
        && !path.absolute
        && path.names.size() <= names.size()
        && names.subList(names.size() - path.names.size(), names.size()).equals(path.names);
  }

  @Override
  public SimPath normalize() {
    List<String> plain = new ArrayList<>();
    for (String name : names) {
      if (name.equals("..") && !plain.isEmpty()) {
        plain.removeLast();
      } else if (!name.equals(".")) {
        plain.add(name);
      }
    }
    return new SimPath(system, absolute, plain);
  }

  @Override
  public SimPath resolve(Path other) {
    SimPath path = (SimPath) other;
    return path.absolute
        ? path
        : new SimPath(
            system, absolute, Stream.concat(names.stream(), path.names.stream()).toList());
  }

  @Override
  public SimPath relativize(Path other) {
    if (!other.startsWith(this)) {
      throw new IllegalArgumentException(other + " is not below " + this);
    }
    List<String> theirs = ((SimPath) other).names;
    return new SimPath(system, false, theirs.subList(names.size(), theirs.size()));
  }

  @Override
  public URI toUri() {
    return URI.create("sim://" + this);
  }

  @Override
  public SimPath toAbsolutePath() {
    return absolute ? this : new SimPath(system, true, names);
  }

  @Override
  public SimPath toRealPath(LinkOption... options) {
    return toAbsolutePath().normalize();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SimPath path
        && path.system == system
        && path.absolute == absolute
        && path.names.equals(names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(absolute, names);
  }

  @Override
  public String toString() {
    return (absolute ? "/" : "") + String.join("/", names);
  }
}

package io.tidemark.repository.powercut;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Files and directories, and what of them would be there after a power cut. POSIX promises no more
 * than this: bytes that were forced are there; a name is as it was when its directory was forced; a
 * rename happens whole or not at all; of the rest, anything may be there, in any order.
 */
final class Disk {
  private final Directory root;
  private final List<NameChange> names = new ArrayList<>();
  private Faults faults = Faults.NONE;
  private boolean off;

  /** A name that was made, taken away or moved. */
  private static final class NameChange {
    private final Optional<Entry> removed;
    private final Optional<Entry> made;
    private final Inode inode;
    private boolean durable;

    NameChange(Optional<Entry> removed, Optional<Entry> made, Inode inode) {
      this.removed = removed;
      this.made = made;
      this.inode = inode;
    }

    boolean touches(Directory directory) {
      return removed.filter(entry -> entry.directory == directory).isPresent()
          || made.filter(entry -> entry.directory == directory).isPresent();
    }
  }

  private record Entry(Directory directory, String name) {}

  Disk() {
    this(new Directory());
  }

  private Disk(Directory root) {
    this.root = root;
  }

  void breakWith(Faults breaking) {
    faults = breaking;
  }

  Faults faults() {
    return faults;
  }

  boolean isOff() {
    return off;
  }

  /** Throws what the faults say, or does it; the power may fail while it is under way. */
  private <T> T change(Faults.Call call, Action<T> action) throws IOException {
    requirePower();
    faults.before(call);
    boolean powerFails = faults.cutsPowerAt(call);
    if (!powerFails) {
      return action.run();
    }
    off = true;
    try {
      action.run();
    } catch (IOException e) {
      throw new PowerCut(e);
    }
    throw new PowerCut();
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  void requirePower() {
    if (off) {
      throw new PowerCut();
    }
  }

  /** What a look at the disk costs: it may fail too. */
  synchronized void look(Faults.Call call) throws IOException {
    requirePower();
    faults.before(call);
  }

  synchronized Optional<Inode> find(SimPath path) {
    Inode at = root;
    for (String name : path.names()) {
      if (!(at instanceof Directory directory) || !directory.entries.containsKey(name)) {
        return Optional.empty();
      }
      at = directory.entries.get(name);
    }
    return Optional.of(at);
  }

  synchronized Inode get(SimPath path) throws IOException {
    return find(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  synchronized Content create(SimPath path, boolean isNew) throws IOException {
    return change(
        Faults.Call.CREATE,
        () -> {
          Optional<Inode> there = find(path);
          if (there.isPresent() && isNew) {
            throw new FileAlreadyExistsException(path.toString());
          }
          if (there.isPresent()) {
            return content(there.get(), path);
          }
          Content made = new Content();
          make(path, made);
          return made;
        });
  }

  synchronized void makeDirectory(SimPath path) throws IOException {
    change(Faults.Call.MAKE_DIRECTORY, () -> makeNew(path, new Directory()));
  }

  synchronized void link(SimPath existing, SimPath link) throws IOException {
    change(Faults.Call.LINK, () -> makeNew(link, get(existing)));
  }

  synchronized void rename(SimPath from, SimPath to) throws IOException {
    change(
        Faults.Call.RENAME,
        () -> apply(new NameChange(Optional.of(entry(from)), Optional.of(entry(to)), get(from))));
  }

  synchronized void unlink(SimPath path) throws IOException {
    change(
        Faults.Call.UNLINK,
        () -> {
          Inode inode = get(path);
          if (inode instanceof Directory directory && !directory.entries.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
          }
          return apply(new NameChange(Optional.of(entry(path)), Optional.empty(), inode));
        });
  }

  synchronized void write(Content content, byte[] bytes, int offset) throws IOException {
    change(
        Faults.Call.WRITE,
        () -> {
          content.write(bytes, offset);
          return content;
        });
  }

  synchronized void truncate(Content content, int size) throws IOException {
    change(
        Faults.Call.TRUNCATE,
        () -> {
          content.truncate(size);
          return content;
        });
  }

  /** A power cut comes before anything is certain. */
  synchronized void force(Inode inode) throws IOException {
    try {
      change(Faults.Call.FORCE, () -> inode);
    } catch (IOException e) {
      if (inode instanceof Content content) {
        content.failToForce();
      }
      throw e;
    }
    if (faults.liesAboutForcing()) {
      return;
    }
    switch (inode) {
      case Content content -> content.force();
      case Directory directory ->
          names.stream()
              .filter(change -> change.touches(directory))
              .forEach(change -> change.durable = true);
    }
  }

  /** Tells the names in it. */
  synchronized List<String> list(SimPath path) throws IOException {
    look(Faults.Call.LIST);
    if (get(path) instanceof Directory directory) {
      return List.copyOf(directory.entries.keySet());
    }
    throw new NotDirectoryException(path.toString());
  }

  static Content content(Inode inode, SimPath path) throws IOException {
    if (inode instanceof Content content) {
      return content;
    }
    throw new AccessDeniedException(path.toString());
  }

  /**
   * What is found when the power is back; all of it is durable then.
   *
   * @param chance of each thing that was not forced to be there all the same
   */
  synchronized Disk afterPowerCut(Random random, double chance) {
    Map<Inode, Inode> found = new HashMap<>();
    Directory newRoot = new Directory();
    found.put(root, newRoot);
    for (NameChange change : names) {
      if (change.durable || random.nextDouble() < chance) {
        change.removed.ifPresent(entry -> directory(found, entry).entries.remove(entry.name));
        change.made.ifPresent(entry ->
            directory(found, entry)
                .entries
                .put(entry.name, survivor(found, change.inode, random, chance)));
      }
    }
    Disk disk = new Disk(newRoot);
    disk.remember(newRoot);
    return disk;
  }

  private static Directory directory(Map<Inode, Inode> found, Entry entry) {
    return (Directory) found.computeIfAbsent(entry.directory, lost -> new Directory());
  }

  private static Inode survivor(
      Map<Inode, Inode> found, Inode inode, Random random, double chance) {
    return found.computeIfAbsent(
        inode,
        old ->
            switch (old) {
              case Content content -> content.afterPowerCut(random, chance);
              case Directory directory -> new Directory();
            });
  }

  private void remember(Directory directory) {
    directory.entries.forEach((name, inode) -> {
      NameChange change =
          new NameChange(Optional.empty(), Optional.of(new Entry(directory, name)), inode);
      change.durable = true;
      names.add(change);
      if (inode instanceof Directory below) {
        remember(below);
      }
    });
  }

  private Inode makeNew(SimPath path, Inode inode) throws IOException {
    if (find(path).isPresent()) {
      throw new FileAlreadyExistsException(path.toString());
    }
    return make(path, inode);
  }

  private Inode make(SimPath path, Inode inode) throws IOException {
    return apply(new NameChange(Optional.empty(), Optional.of(entry(path)), inode));
  }

  private Inode apply(NameChange change) {
    names.add(change);
    change.removed.ifPresent(entry -> entry.directory.entries.remove(entry.name));
    change.made.ifPresent(entry -> entry.directory.entries.put(entry.name, change.inode));
    return change.inode;
  }

  private Entry entry(SimPath path) throws IOException {
    SimPath parent = path.getParent();
    if (parent == null) {
      throw new AccessDeniedException(path.toString());
    }
    if (get(parent) instanceof Directory directory) {
      return new Entry(directory, path.names().getLast());
    }
    throw new NotDirectoryException(parent.toString());
  }
}

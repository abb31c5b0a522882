package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A directory of restore points. Any number of processes may use one at the same time. Thread-safe;
 * everything blocks on the disk. Errors are {@link RepositoryException}s.
 */
public final class Repository implements AutoCloseable {

  private final Path directory;
  private final Home home;
  private final Storage storage;
  private final String id;
  private final Scratch.Pool scratches = new Scratch.Pool();
  private final PackCache packs;
  private final BlockReader reader;
  private final DiskTree tree;

  private Repository(Path directory, Home home, String id) {
    this.directory = directory;
    this.home = home;
    this.storage = home.storage();
    this.id = id;
    this.packs = new PackCache(storage);
    this.reader = new BlockReader(packs, scratches);
    this.tree = new DiskTree(reader);
  }

  /**
   * Makes a new repository in {@code directory}, which is missing or empty, and opens it.
   *
   * @throws RefusedException when there is anything in the directory
   */
  public static Repository create(Path directory) {
    Home home = home(directory);
    if (!home.isBlank()) {
      throw new RefusedException(
          directory
              + " is not empty, so no repository was made there. Name an empty or new directory.");
    }
    home.create();
    return open(directory);
  }

  /**
   * Opens the repository in {@code directory}; changes nothing there.
   *
   * @throws NotARepositoryException when there is none; an empty or missing directory is never
   *     taken for a new one
   * @throws UnknownFormatVersionException when it is of another format version
   */
  public static Repository open(Path directory) {
    Path plain = plain(directory);
    Home home = home(plain);
    return new Repository(plain, home, home.read().id());
  }

  /**
   * Opens the repository in {@code directory}; makes one first if the directory is missing or
   * empty. That there is one is durable afterwards.
   */
  public static Repository openOrCreate(Path directory) {
    Home home = home(directory);
    if (home.isBlank()) {
      home.create();
    } else {
      home.confirm();
    }
    return open(directory);
  }

  /**
   * Opens the repository in {@code directory}; empty as long as the directory is missing or empty,
   * as a mount point is before its storage is mounted. Changes nothing there.
   *
   * @throws NotARepositoryException when there is something else
   */
  public static Optional<Repository> openIfPresent(Path directory) {
    return home(directory).isBlank() ? Optional.empty() : Optional.of(open(directory));
  }

  /**
   * The direct memory that so many packs being written take at most, in bytes, but for a little of
   * each thread that appends.
   */
  public static long writeBufferBytes(int packs) {
    return Pieces.mostBytes(packs);
  }

  /** The random UUID that this repository got when it was made. */
  public String id() {
    return id;
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** Begins a pack under a new random id; close it in any case. */
  public PackWriter newPack() {
    return newPack(PackId.random());
  }

  PackWriter newPack(PackId packId) {
    home.requirePresent(id);
    return PackWriter.create(packId, storage, scratches);
  }

  /** Reads blocks and nodes of finished packs. */
  public BlockReader reader() {
    return reader;
  }

  /**
   * What a finished pack holds now: slots that a rewrite has taken out don't count.
   *
   * @throws DamagedDataException when it is missing or its footer can't be read
   */
  public PackSummary summary(PackId pack) {
    try (PackFile file = PackFile.open(storage, pack)) {
      return file.summary();
    }
  }

  /** Reads and makes the trees of disks. */
  public DiskTree tree() {
    return tree;
  }

  /**
   * Adds a restore point. What it refers to must be durable before; that its packs and its roots
   * are there is checked. Publishing the same manifest again changes nothing.
   *
   * @throws RefusedException when there is another point of that id, which stays; or when this one
   *     could not be read back
   * @throws DamagedDataException when a pack or a root of it is missing; it is not added
   */
  public void publish(Manifest manifest) {
    home.requirePresent(id);
    requireStored(manifest);
    String target = pointFile(manifest.id());
    ByteBuffer content = home.encode(manifest, target);
    try {
      if (!storage.putIfAbsent(target, content.duplicate())
          && !storage.confirm(target).equals(content)) {
        throw new RefusedException(
            storage.location(target)
                + " already holds another restore point "
                + manifest.id()
                + "; it was left as it is.");
      }
    } catch (IOException e) {
      throw storage.failure(e, "write the restore point", target);
    }
  }

  /** The ids of all restore points, ascending. */
  public List<String> pointIds() {
    home.requirePresent(id);
    try {
      return storage.list(Layout.POINTS).stream()
          .map(file -> file.name().substring(Layout.POINTS.length() + 1))
          .filter(name -> name.endsWith(Layout.POINT_SUFFIX))
          .map(name -> name.substring(0, name.length() - Layout.POINT_SUFFIX.length()))
          .filter(Manifest::isId)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.POINTS);
    }
  }

  /**
   * Reads a restore point.
   *
   * @throws NoSuchPointException when there is none of that id
   * @throws DamagedDataException when its file is not what was written
   */
  public Manifest manifest(String pointId) {
    String file = pointFile(pointId);
    try {
      Manifest manifest = home.read(file, Manifest.class, "restore point");
      if (!manifest.id().equals(pointId)) {
        throw DamagedDataException.ofFile(
            storage.location(file), "it holds the point " + manifest.id(), null);
      }
      return manifest;
    } catch (NoSuchFileException e) {
      home.requirePresent(id);
      throw new NoSuchPointException(storage.location(""), pointId);
    } catch (IOException e) {
      throw storage.failure(e, "read", file);
    }
  }

  /** Whether there is a restore point of that id. */
  public boolean hasPoint(String pointId) {
    boolean exists = exists(pointFile(pointId));
    if (!exists) {
      home.requirePresent(id);
    }
    return exists;
  }

  /**
   * Removes a restore point, durably; nothing happens if there is none. The space comes back with
   * garbage collection.
   */
  public void forget(String pointId) {
    home.requirePresent(id);
    String file = pointFile(pointId);
    try {
      storage.delete(file);
    } catch (IOException e) {
      throw storage.failure(e, "delete", file);
    }
  }

  /**
   * Deletes temporary files whose writers are gone; those of live writers, in any process, stay.
   * Never touches packs or points.
   *
   * @return how many were deleted
   */
  public int reclaimLeftovers() {
    home.requirePresent(id);
    try {
      return storage.reclaim();
    } catch (IOException e) {
      throw storage.failure(e, "reclaim leftovers in", Layout.TMP);
    }
  }

  /** Closes what is open for reading. Pack writers are closed by their owners, before. */
  @Override
  public void close() {
    packs.close();
    scratches.close();
    storage.close();
  }

  /** Rewrites a pack; see {@link GarbageCollector#compact}. */
  long rewrite(PackId pack, IntPredicate needed) {
    return new PackRewrite(storage).run(pack, needed);
  }

  /** Puts copies in the place of bad blocks; see {@link Healer}. Returns how many. */
  int mend(PackId pack, Map<Integer, Ref> copies, Set<Integer> bad) {
    return new PackMend(storage).run(pack, copies, bad);
  }

  /** What was open of a pack is closed once nobody reads it any more. */
  void dropPack(PackId pack) {
    packs.drop(pack);
  }

  /** Packs seen with fresh eyes: what this object has open may be deleted or altered by now. */
  PackCache freshPacks() {
    return new PackCache(storage);
  }

  /** A reader of {@code fresh} packs; valid until they are closed. */
  BlockReader readerOf(PackCache fresh) {
    return new BlockReader(fresh, scratches);
  }

  /**
   * Fails with {@link NotARepositoryException} when the directory has vanished or been replaced.
   */
  void requirePresent() {
    home.requirePresent(id);
  }

  Storage storage() {
    return storage;
  }

  private boolean exists(String name) {
    try {
      return storage.exists(name);
    } catch (IOException e) {
      throw storage.failure(e, "read", name);
    }
  }

  private void requireStored(Manifest manifest) {
    for (PackId pack : manifest.packs()) {
      if (!exists(Layout.pack(pack))) {
        throw DamagedDataException.ofPack(packs.path(pack), pack, "the file is missing");
      }
    }
    for (ManifestTree stored : ManifestTree.all(manifest)) {
      if (!stored.root().isNil()) {
        reader.readNodeFromDisk(stored.root());
      }
    }
  }

  private static String pointFile(String pointId) {
    Manifest.requireId(pointId);
    return Layout.point(pointId);
  }

  private static Home home(Path directory) {
    return new Home(new LocalDirectory(plain(directory)), new SealedJson());
  }

  private static Path plain(Path directory) {
    return directory.toAbsolutePath().normalize();
  }
}

package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** A finished pack, open for reading, its header and footer checked. */
record PackFile(
    Storage storage, PackId id, Storage.Blob blob, PackIndex index, PackFormat.History history)
    implements AutoCloseable {

  static PackFile open(Storage storage, PackId id) {
    String name = Layout.pack(id);
    try {
      Storage.Blob blob = storage.open(name);
      try {
        return read(storage, blob, id);
      } catch (IOException | RepositoryException e) {
        blob.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw DamagedDataException.ofPack(storage.location(name), id, "the file is missing");
    } catch (IOException e) {
      throw storage.failure(e, "read", name);
    }
  }

  /** Where it is, for messages. */
  String path() {
    return storage.location(Layout.pack(id));
  }

  /** What it holds. */
  PackSummary summary() {
    List<PackFormat.Entry> entries = index.all();
    long raw = entries.stream().mapToLong(PackFormat.Entry::rawLength).sum();
    try {
      return new PackSummary(id, entries.size(), raw, blob.bytes());
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.pack(id));
    }
  }

  @Override
  public void close() {
    try {
      blob.close();
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.pack(id));
    }
  }

  private static PackFile read(Storage storage, Storage.Blob blob, PackId id) throws IOException {
    String path = storage.location(Layout.pack(id));
    long size = blob.bytes();
    if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
      throw DamagedDataException.ofPack(path, id, "it was cut short to " + size + " bytes");
    }
    checkHeader(read(blob, 0, PackFormat.HEADER_BYTES), path, id);
    long trailerOffset = size - PackFormat.TRAILER_BYTES;
    ByteBuffer trailer = read(blob, trailerOffset, PackFormat.TRAILER_BYTES);
    String problem = PackFormat.trailerProblem(trailer, id, size);
    if (!problem.isEmpty()) {
      throw DamagedDataException.ofPack(path, id, problem);
    }
    int length = Math.toIntExact(trailer.getLong(8));
    ByteBuffer footer = read(blob, trailer.getLong(0), length);
    if (PackFormat.crc(footer, 0, length) != PackFormat.footerCrc(trailer)) {
      throw DamagedDataException.ofPack(path, id, "the footer's checksum is wrong");
    }
    PackIndex index = new PackIndex(footer);
    if (!index.isAscending()) {
      throw DamagedDataException.ofPack(path, id, "the footer's slots are in disorder");
    }
    return new PackFile(storage, id, blob, index, PackFormat.history(trailer));
  }

  private static void checkHeader(ByteBuffer header, String path, PackId id) {
    if (!PackFormat.hasHeaderMagic(header)) {
      throw DamagedDataException.ofPack(path, id, "it does not begin like a pack");
    }
    int version = PackFormat.headerVersion(header);
    if (version != PackFormat.VERSION) {
      throw new UnknownFormatVersionException(path, "pack", version);
    }
    String problem = PackFormat.headerProblem(header, id);
    if (!problem.isEmpty()) {
      throw DamagedDataException.ofPack(path, id, problem);
    }
  }

  private static ByteBuffer read(Storage.Blob blob, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (!blob.readFully(bytes, offset)) {
      throw new IOException("the file became shorter while it was read");
    }
    return bytes.flip();
  }
}

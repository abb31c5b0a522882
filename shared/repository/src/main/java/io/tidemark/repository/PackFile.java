package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A finished pack, open for reading, its header and footer checked. */
record PackFile(Path path, FileChannel channel, PackIndex index, PackFormat.History history)
    implements AutoCloseable {

  static PackFile open(Path path, PackId id) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return read(channel, path, id);
      } catch (IOException | RepositoryException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw DamagedDataException.ofPack(path, id, "the file is missing");
    } catch (IOException e) {
      throw StorageException.of(e, "read", path);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StorageException.of(e, "read", path);
    }
  }

  private static PackFile read(FileChannel channel, Path path, PackId id) throws IOException {
    long size = channel.size();
    if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
      throw DamagedDataException.ofPack(path, id, "it was cut short to " + size + " bytes");
    }
    checkHeader(read(channel, 0, PackFormat.HEADER_BYTES), path, id);
    long trailerOffset = size - PackFormat.TRAILER_BYTES;
    ByteBuffer trailer = read(channel, trailerOffset, PackFormat.TRAILER_BYTES);
    String problem = PackFormat.trailerProblem(trailer, id, size);
    if (!problem.isEmpty()) {
      throw DamagedDataException.ofPack(path, id, problem);
    }
    int length = Math.toIntExact(trailer.getLong(8));
    ByteBuffer footer = read(channel, trailer.getLong(0), length);
    if (PackFormat.crc(footer, 0, length) != PackFormat.footerCrc(trailer)) {
      throw DamagedDataException.ofPack(path, id, "the footer's checksum is wrong");
    }
    return new PackFile(path, channel, new PackIndex(footer), PackFormat.history(trailer));
  }

  private static void checkHeader(ByteBuffer header, Path path, PackId id) {
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

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (!Durable.readFully(channel, bytes, offset)) {
      throw new IOException("the file became shorter while it was read");
    }
    return bytes.flip();
  }
}

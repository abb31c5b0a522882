package io.tidemark.repository.powercut;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file or directory. */
final class SimChannel extends FileChannel {
  private final Disk disk;
  private final String name;
  private final Inode inode;
  private final boolean writable;
  private int position;
  private boolean locked;

  SimChannel(Disk disk, String name, Inode inode, boolean writable) {
    this.disk = disk;
    this.name = name;
    this.inode = inode;
    this.writable = writable;
  }

  @Override
  public int read(ByteBuffer into, long offset) throws IOException {
    requireOpen();
    disk.look(Faults.Call.READ);
    disk.faults().beforeReading(name, offset);
    if (!into.hasRemaining()) {
      return 0;
    }
    byte[] bytes = new byte[disk.faults().moved(into.remaining())];
    int count = content().read(bytes, 0, Math.toIntExact(offset), bytes.length);
    if (count > 0) {
      into.put(bytes, 0, count);
    }
    return count;
  }

  @Override
  public int write(ByteBuffer from, long offset) throws IOException {
    requireOpen();
    if (!writable) {
      throw new NonWritableChannelException();
    }
    if (!from.hasRemaining()) {
      return 0;
    }
    byte[] bytes = new byte[disk.faults().moved(from.remaining())];
    from.duplicate().get(bytes);
    disk.write(content(), bytes, Math.toIntExact(offset));
    from.position(from.position() + bytes.length);
    return bytes.length;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count = read(into, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = write(from, position);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long newPosition) {
    position = Math.toIntExact(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    return content().size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    requireOpen();
    disk.truncate(content(), Math.toIntExact(size));
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    requireOpen();
    disk.force(inode);
  }

  @Override
  public FileLock tryLock(long start, long size, boolean shared) throws IOException {
    requireOpen();
    if (!content().lock()) {
      return null;
    }
    locked = true;
    return new FileLock(this, start, size, shared) {
      @Override
      public boolean isValid() {
        return locked;
      }

      @Override
      public void release() throws IOException {
        unlock();
      }
    };
  }

  @Override
  protected void implCloseChannel() throws IOException {
    unlock();
  }

  private void unlock() throws IOException {
    if (locked) {
      locked = false;
      content().unlock();
    }
  }

  private Content content() throws IOException {
    if (inode instanceof Content content) {
      return content;
    }
    throw new IOException("Is a directory");
  }

  private void requireOpen() throws ClosedChannelException {
    disk.requirePower();
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long start, long size, boolean shared) throws IOException {
    throw new UnsupportedOperationException();
  }
}

package io.tidemark.repository.powercut;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** As much space as anybody wants, until a fault says otherwise. */
final class SimStore extends FileStore {
  @Override
  public String name() {
    return "sim";
  }

  @Override
  public String type() {
    return "sim";
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public long getTotalSpace() {
    return 1L << 40;
  }

  @Override
  public long getUsableSpace() {
    return 1L << 40;
  }

  @Override
  public long getUnallocatedSpace() {
    return 1L << 40;
  }

  @Override
  public long getBlockSize() {
    return 512;
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return false;
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return "basic".equals(name);
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    return null;
  }

  @Override
  public Object getAttribute(String attribute) {
    throw new UnsupportedOperationException();
  }
}

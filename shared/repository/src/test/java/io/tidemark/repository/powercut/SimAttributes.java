package io.tidemark.repository.powercut;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** Of a file or a directory; nothing has a time. */
record SimAttributes(Inode inode) implements BasicFileAttributes {
  private static final FileTime NEVER = FileTime.fromMillis(0);

  @Override
  public FileTime lastModifiedTime() {
    return NEVER;
  }

  @Override
  public FileTime lastAccessTime() {
    return NEVER;
  }

  @Override
  public FileTime creationTime() {
    return NEVER;
  }

  @Override
  public boolean isRegularFile() {
    return inode instanceof Content;
  }

  @Override
  public boolean isDirectory() {
    return inode instanceof Directory;
  }

  @Override
  public boolean isSymbolicLink() {
    return false;
  }

  @Override
  public boolean isOther() {
    return false;
  }

  @Override
  public long size() {
    return inode instanceof Content content ? content.size() : 0;
  }

  @Override
  public Object fileKey() {
    return inode;
  }
}

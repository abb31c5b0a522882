package io.tidemark.extractor;

/**
 * A range of a disk.
 *
 * @param offset first byte
 * @param lengthBytes 1 or more
 */
record ByteRange(long offset, long lengthBytes) {

  long end() {
    return offset + lengthBytes;
  }
}

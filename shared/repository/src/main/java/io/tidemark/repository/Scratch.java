package io.tidemark.repository;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Buffers and codec state of one thread at work: direct, reused, enough for one frame. */
final class Scratch implements AutoCloseable {

  /** Codes bytes by their frequency and looks for repetitions everywhere. */
  private static final int DENSE_LEVEL = 1;

  /**
   * Looks for long repetitions only, in a third of the time; on noise it finds as much as the dense
   * one, which would try in vain to code it by frequency.
   */
  private static final int QUICK_LEVEL = -5;

  /** A frame header and its payload. */
  final ByteBuffer frame;

  /** Plain content. */
  final ByteBuffer plain = ByteBuffer.allocateDirect(PackFormat.MAX_CONTENT_BYTES);

  private final ByteSample sample = new ByteSample();
  private final ZstdCompressCtx dense = new ZstdCompressCtx();
  private final ZstdCompressCtx quick = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

  Scratch() {
    int bound = Math.toIntExact(Zstd.compressBound(PackFormat.MAX_CONTENT_BYTES));
    frame = ByteBuffer.allocateDirect(PackFormat.FRAME_HEADER_BYTES + bound);
    dense.setLevel(DENSE_LEVEL);
    quick.setLevel(QUICK_LEVEL);
  }

  /**
   * Compresses {@code length} bytes of the direct buffer {@code source} into the payload; returns
   * the payload's length. Noise is not worth as much time as other content.
   */
  int compress(ByteBuffer source, int offset, int length) {
    int start = PackFormat.FRAME_HEADER_BYTES;
    ZstdCompressCtx compressor = sample.isNoise(source, offset, length) ? quick : dense;
    return compressor.compressDirectByteBuffer(
        frame.clear(), start, frame.capacity() - start, source, offset, length);
  }

  /** Decompresses the payload to the beginning of {@code room}, direct; returns the length. */
  int decompress(int payloadLength, ByteBuffer room) {
    return decompressor.decompressDirectByteBuffer(
        room, 0, room.capacity(), frame, PackFormat.FRAME_HEADER_BYTES, payloadLength);
  }

  @Override
  public void close() {
    dense.close();
    quick.close();
    decompressor.close();
  }

  /** As many as threads ever worked at once; any number of threads. */
  static final class Pool implements AutoCloseable {

    private final Deque<Scratch> idle = new ArrayDeque<>();
    private boolean closed;

    Scratch take() {
      synchronized (idle) {
        Scratch scratch = idle.pollLast();
        if (scratch != null) {
          return scratch;
        }
      }
      return new Scratch();
    }

    void give(Scratch scratch) {
      synchronized (idle) {
        if (!closed) {
          idle.addLast(scratch);
          return;
        }
      }
      scratch.close();
    }

    @Override
    public void close() {
      synchronized (idle) {
        closed = true;
        idle.forEach(Scratch::close);
        idle.clear();
      }
    }
  }
}

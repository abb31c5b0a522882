package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/** Writes a pack anew under its own name, frame by frame as it was, without some of its slots. */
record PackRewrite(Path directory, Pieces pieces) {

  /** Returns the new number of bytes. */
  long run(PackId id, IntPredicate needed) {
    Path target = Layout.pack(directory.resolve(Layout.PACKS), id);
    Path tmp = directory.resolve(Layout.TMP);
    try (PackFile old = PackFile.open(target, id);
        TempFile file = TempFile.create(tmp, id.toString())) {
      PackOutput out = new PackOutput(file, pieces);
      try {
        long bytes = copy(old, id, needed, out);
        file.moveTo(target);
        return bytes;
      } finally {
        // Not before: a file's lock is lost with any descriptor of it that its process closes.
        out.close();
      }
    } catch (IOException e) {
      throw StorageException.of(e, "rewrite the pack", target);
    }
  }

  private static long copy(PackFile old, PackId id, IntPredicate needed, PackOutput out)
      throws IOException {
    List<PackFormat.Entry> kept =
        old.index().all().stream().filter(entry -> needed.test(entry.slot())).toList();
    out.append(PackFormat.header(id));
    ByteBuffer footer = ByteBuffer.allocate(kept.size() * PackFormat.ENTRY_BYTES);
    for (PackFormat.Entry entry : kept) {
      entry.at(out.position()).encode(footer);
      out.append(frame(old, id, entry));
    }
    footer.flip();
    ByteBuffer trailer =
        PackFormat.trailer(
            id, out.position(), footer, old.history().nextSlot(), old.history().rewrites() + 1);
    out.append(footer);
    out.append(trailer);
    return out.finish();
  }

  private static ByteBuffer frame(PackFile old, PackId id, PackFormat.Entry entry)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(PackFormat.FRAME_HEADER_BYTES + entry.storedLength());
    Ref ref = new Ref(entry.hash(), id, entry.slot());
    if (!Durable.readFully(old.channel(), frame, entry.offset())) {
      throw DamagedDataException.ofFrame(
          old.path(), ref, entry.offset(), "the file ends inside the frame");
    }
    String problem = PackFormat.frameProblem(frame, entry);
    if (!problem.isEmpty()) {
      throw DamagedDataException.ofFrame(old.path(), ref, entry.offset(), problem);
    }
    return frame.flip();
  }
}

package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntPredicate;

/** Writes a pack anew under its own name, frame by frame as it was, without some of its slots. */
record PackRewrite(Storage storage) {

  /** Returns the new number of bytes. */
  long run(PackId id, IntPredicate needed) {
    String name = Layout.pack(id);
    try (PackFile old = PackFile.open(storage, id);
        Storage.Upload out = storage.upload(name)) {
      copy(old, id, needed, out);
      return out.publish();
    } catch (IOException e) {
      throw storage.failure(e, "rewrite the pack", name);
    }
  }

  private static void copy(PackFile old, PackId id, IntPredicate needed, Storage.Upload out)
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
  }

  private static ByteBuffer frame(PackFile old, PackId id, PackFormat.Entry entry)
      throws IOException {
    Frame there = new Frame(old.blob(), old.path(), new Ref(entry.hash(), id, entry.slot()));
    PackFormat.Entry found = old.index().find(there);
    ByteBuffer frame = ByteBuffer.allocate(PackFormat.FRAME_HEADER_BYTES + found.storedLength());
    if (!old.blob().readFully(frame, found.offset())) {
      throw there.damaged(found.offset(), "the file ends inside the frame");
    }
    String problem = PackFormat.frameProblem(frame, found);
    if (!problem.isEmpty()) {
      throw there.damaged(found.offset(), problem);
    }
    return frame.flip();
  }
}

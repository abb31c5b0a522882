package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes a pack anew under its own name, with frames from other packs in the place of bad ones.
 * What is bad and can't be mended stays as it is.
 */
record PackMend(Storage storage) {

  /**
   * Returns how many slots were mended; 0, and changes nothing, if the pack's own footer can't be
   * read.
   *
   * @param copies slot to another copy of its content
   */
  int run(PackId id, Map<Integer, Ref> copies) {
    String name = Layout.pack(id);
    try (PackFile old = PackFile.open(storage, id);
        Storage.Upload out = storage.upload(name)) {
      out.append(PackFormat.header(id));
      List<PackFormat.Entry> entries = new ArrayList<>();
      for (PackFormat.Entry entry : old.index().all()) {
        Ref copy = copies.get(entry.slot());
        entries.add(
            copy == null || !copy.hash().equals(entry.hash())
                ? keep(old, entry, out)
                : replace(copy, entry.slot(), out));
      }
      entries.sort(Comparator.comparingInt(PackFormat.Entry::slot));
      ByteBuffer footer = ByteBuffer.allocate(entries.size() * PackFormat.ENTRY_BYTES);
      entries.forEach(entry -> entry.encode(footer));
      footer.flip();
      PackFormat.History history = old.history();
      ByteBuffer trailer =
          PackFormat.trailer(
              id, out.position(), footer, history.nextSlot(), history.rewrites() + 1);
      out.append(footer);
      out.append(trailer);
      out.publish();
      return copies.size();
    } catch (DamagedDataException e) {
      return 0;
    } catch (IOException e) {
      throw storage.failure(e, "mend the pack", name);
    }
  }

  /** Bytes as they are; what the file does not have is filled with zeroes, and stays bad. */
  private static PackFormat.Entry keep(PackFile old, PackFormat.Entry entry, Storage.Upload out)
      throws IOException {
    PackFormat.Entry moved = entry.at(out.position());
    int length =
        PackFormat.FRAME_HEADER_BYTES
            + Math.clamp(entry.storedLength(), 0, PackFormat.MAX_CONTENT_BYTES);
    ByteBuffer frame = ByteBuffer.allocate(length);
    old.blob().readFully(frame, Math.max(0, entry.offset()));
    out.append(frame.clear());
    return moved;
  }

  private PackFormat.Entry replace(Ref copy, int slot, Storage.Upload out) throws IOException {
    try (PackFile source = PackFile.open(storage, copy.pack())) {
      Frame found = new Frame(source.blob(), source.path(), copy);
      PackFormat.Entry there = source.index().find(found);
      ByteBuffer frame = ByteBuffer.allocate(PackFormat.FRAME_HEADER_BYTES + there.storedLength());
      if (!source.blob().readFully(frame, there.offset())) {
        throw found.damaged(there.offset(), "the file ends inside the frame");
      }
      PackFormat.Entry mended =
          new PackFormat.Entry(
              slot,
              there.storedLength(),
              there.rawLength(),
              there.encoding(),
              out.position(),
              there.hash());
      PackFormat.frameHeader(frame.clear(), mended);
      out.append(frame.clear());
      return mended;
    }
  }
}

package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a pack anew under its own name, with frames from other packs in the place of bad ones.
 * What is bad and can't be mended stays as it is.
 */
record PackMend(Storage storage) {

  private static final Logger LOG = LoggerFactory.getLogger(PackMend.class);

  /**
   * Returns how many slots were mended; 0, and changes nothing, if none can be or the pack's own
   * footer is damaged.
   *
   * @param copies slot to another copy of its content
   * @param bad slots that are known to be bad: where the disk does not give them back, they become
   *     zeroes
   * @throws StorageException when another slot can't be read; that changes nothing
   */
  int run(PackId id, Map<Integer, Ref> copies, Set<Integer> bad) {
    String name = Layout.pack(id);
    try (PackFile old = PackFile.open(storage, id);
        Storage.Upload out = storage.upload(name)) {
      out.append(PackFormat.header(id));
      List<PackFormat.Entry> entries = new ArrayList<>();
      int mended = 0;
      for (PackFormat.Entry entry : old.index().all()) {
        Optional<Copied> copied =
            Optional.ofNullable(copies.get(entry.slot()))
                .filter(copy -> copy.hash().equals(entry.hash()))
                .flatMap(this::copy);
        if (copied.isPresent()) {
          entries.add(replace(copied.get(), entry.slot(), out));
          mended++;
        } else {
          entries.add(keep(old, entry, bad.contains(entry.slot()), out));
        }
      }
      if (mended == 0) {
        return 0;
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
      return mended;
    } catch (DamagedDataException e) {
      return 0;
    } catch (IOException e) {
      throw storage.failure(e, "mend the pack", name);
    }
  }

  /** Bytes as they are; what the file does not have is filled with zeroes, and stays bad. */
  private static PackFormat.Entry keep(
      PackFile old, PackFormat.Entry entry, boolean isBad, Storage.Upload out) throws IOException {
    PackFormat.Entry moved = entry.at(out.position());
    int length =
        PackFormat.FRAME_HEADER_BYTES
            + Math.clamp(entry.storedLength(), 0, PackFormat.MAX_CONTENT_BYTES);
    ByteBuffer frame = ByteBuffer.allocate(length);
    try {
      old.blob().readFully(frame, Math.max(0, entry.offset()));
    } catch (IOException e) {
      // Nothing is known against another one, which the disk may yet give back.
      if (!isBad) {
        throw e;
      }
    }
    out.append(frame.clear());
    return moved;
  }

  /** Empty if it can't be read after all. */
  private Optional<Copied> copy(Ref copy) {
    try (PackFile source = PackFile.open(storage, copy.pack())) {
      Frame found = new Frame(source.blob(), source.path(), copy);
      PackFormat.Entry there = source.index().find(found);
      ByteBuffer frame = ByteBuffer.allocate(PackFormat.FRAME_HEADER_BYTES + there.storedLength());
      if (!source.blob().readFully(frame, there.offset())) {
        throw found.damaged(there.offset(), "the file ends inside the frame");
      }
      return Optional.of(new Copied(there, frame.clear()));
    } catch (IOException | RepositoryException e) {
      LOG.warn("The copy {} can't mend a block: {}", copy, e.getMessage());
      return Optional.empty();
    }
  }

  private static PackFormat.Entry replace(Copied copied, int slot, Storage.Upload out)
      throws IOException {
    PackFormat.Entry there = copied.entry();
    PackFormat.Entry mended =
        new PackFormat.Entry(
            slot,
            there.storedLength(),
            there.rawLength(),
            there.encoding(),
            out.position(),
            there.hash());
    PackFormat.frameHeader(copied.frame(), mended);
    out.append(copied.frame());
    return mended;
  }

  /** A frame as another pack has it. */
  private record Copied(PackFormat.Entry entry, ByteBuffer frame) {}
}

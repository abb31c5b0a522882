package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two disks with damage, copies of both, and a disk drive that does not give everything back. */
class HealerFaultTest {
  private static final int BLOCK = 65_536;

  private final SimFileSystem system = new SimFileSystem();
  private final Unreadable faults = new Unreadable();
  private final byte[] content = new byte[8 * BLOCK];
  private final byte[] other = new byte[8 * BLOCK];
  private Repository repository;
  private Manifest first;
  private Manifest second;

  @BeforeEach
  void backUp() {
    repository = Repository.create(system.getPath("/repository"));
    new Random(1).nextBytes(content);
    new Random(2).nextBytes(other);
    first = Fixture.publish(repository, "first", content, Optional.empty());
    second = Fixture.publish(repository, "second", other, Optional.empty());
    system.breakWith(faults);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void aBlockThatTheDriveNeverGivesBackKeepsNoOtherFromBeingMended() throws IOException {
    content[BLOCK]++;
    Manifest copy = Fixture.publish(repository, "copy", content, Optional.empty());
    Manifest copyOfOther = Fixture.publish(repository, "copy-2", other, Optional.empty());
    faults.frames.add(frame(first, 1));
    damage(first, 5);
    damage(second, 2);

    Healer.Healed healed = heal(List.of("first", "second"), copy, copyOfOther);

    assertThat(healed.mendedBlocks()).isEqualTo(2);
    assertThat(healed.after().damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.offset()).isEqualTo(BLOCK));
  }

  @Test
  void aPackWithAnUnreadableBlockThatNobodyAskedForStaysAsItIs() throws IOException {
    content[BLOCK]++;
    Fixture.publish(repository, "third", content, Optional.of(first));
    Manifest copy = Fixture.publish(repository, "copy", content, Optional.empty());
    Manifest copyOfOther = Fixture.publish(repository, "copy-2", other, Optional.empty());
    faults.frames.add(frame(first, 1));
    damage(first, 5);
    damage(second, 2);
    byte[] before = bytes(first);

    Healer.Healed healed = heal(List.of("third", "second"), copy, copyOfOther);

    assertThat(healed.mendedBlocks()).isEqualTo(1);
    assertThat(bytes(first)).isEqualTo(before);
    assertThat(healed.after().damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.pointIds()).containsExactly("third"));
  }

  @Test
  void copiesInAPackThatCannotBeReadAreDoneWithout() throws IOException {
    Manifest copy = Fixture.publish(repository, "copy", content, Optional.empty());
    Manifest copyOfOther = Fixture.publish(repository, "copy-2", other, Optional.empty());
    faults.frames.add(pack(copy) + "@0");
    damage(first, 5);
    damage(second, 2);

    Healer.Healed healed = heal(List.of("first", "second"), copy, copyOfOther);

    assertThat(healed.mendedBlocks()).isEqualTo(1);
    assertThat(healed.after().damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.pointIds()).containsExactly("first"));
  }

  private Healer.Healed heal(List<String> points, Manifest... copies) {
    List<PackId> sources = new ArrayList<>();
    for (Manifest copy : copies) {
      sources.addAll(copy.packs());
    }
    return new Healer(repository)
        .heal(points, Set.of(first.packs().getFirst(), second.packs().getFirst()), sources);
  }

  private byte[] bytes(Manifest point) throws IOException {
    faults.off = true;
    byte[] all = Files.readAllBytes(pack(point));
    faults.off = false;
    return all;
  }

  private void damage(Manifest point, int block) throws IOException {
    try (FileChannel file = FileChannel.open(pack(point), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(100), offset(block) + PackFormat.FRAME_HEADER_BYTES + 100);
    }
  }

  private String frame(Manifest point, int block) {
    return pack(point) + "@" + offset(block);
  }

  private Path pack(Manifest point) {
    return repository.directory().resolve(Layout.pack(point.packs().getFirst()));
  }

  /** The blocks are incompressible and lie one after another. */
  private static long offset(int block) {
    return PackFormat.HEADER_BYTES + (long) block * (PackFormat.FRAME_HEADER_BYTES + BLOCK);
  }

  /** Nothing that begins at one of these places can be read. */
  private static final class Unreadable implements Faults {
    private final List<String> frames = new ArrayList<>();
    private boolean off;

    @Override
    public void before(Call call) {}

    @Override
    public void beforeReading(String file, long offset) throws IOException {
      if (!off && frames.contains(file + "@" + offset)) {
        throw new IOException("Input/output error");
      }
    }
  }
}

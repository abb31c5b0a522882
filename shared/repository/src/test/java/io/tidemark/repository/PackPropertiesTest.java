package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** What goes into a pack comes out of it. jqwik prints the seed of a failure. */
final class PackPropertiesTest {

  private Path dir;
  private Repository repository;

  /**
   * Some content.
   *
   * @param kinds of bytes it is made of: 1 compresses best, 256 not at all
   */
  record Content(int length, int kinds, long seed, boolean direct, int padding) {

    ByteBuffer bytes() {
      int capacity = length + 2 * padding;
      ByteBuffer bytes =
          direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
      Random random = new Random(seed);
      for (int i = 0; i < capacity; i++) {
        bytes.put(i, (byte) random.nextInt(kinds));
      }
      return bytes.position(padding).limit(padding + length);
    }
  }

  @BeforeProperty
  void create() throws IOException {
    dir = Files.createTempDirectory("repository-pack");
    repository = Repository.create(dir);
  }

  @AfterProperty
  void delete() throws IOException {
    repository.close();
    Fixture.deleteAll(dir);
  }

  @Property(tries = 60)
  void whatIsAppendedIsReadBack(@ForAll("contents") List<Content> contents, @ForAll boolean direct)
      throws IOException {
    List<Ref> refs = new ArrayList<>();
    PackSummary summary;
    try (PackWriter pack = repository.newPack()) {
      for (Content content : contents) {
        ByteBuffer bytes = content.bytes();
        refs.add(pack.append(Hash.of(bytes), bytes));
        assertThat(bytes).isEqualTo(content.bytes());
      }
      summary = pack.finish().orElseThrow();
    }

    assertThat(summary.blocks()).isEqualTo(contents.size());
    assertThat(summary.rawBytes()).isEqualTo(contents.stream().mapToLong(Content::length).sum());
    Path file = dir.resolve(Layout.pack(summary.id()));
    assertThat(Files.size(file)).isEqualTo(summary.storedBytes());
    assertThat(summary.storedBytes())
        .isLessThanOrEqualTo(128 + summary.rawBytes() + 120L * contents.size());
    for (int i = 0; i < refs.size(); i++) {
      assertThat(refs.get(i)).isEqualTo(Ref.parse(refs.get(i).toText()));
      assertReads(refs.get(i), contents.get(i), direct);
    }
  }

  @Property(tries = 20)
  void aBufferThatIsTooSmallGetsNothing(@ForAll("content") Content content) {
    Ref ref;
    try (PackWriter pack = repository.newPack()) {
      ref = pack.append(Hash.of(content.bytes()), content.bytes());
      pack.finish();
    }
    ByteBuffer into = ByteBuffer.allocate(content.length() - 1);

    assertThatThrownBy(() -> repository.reader().read(ref, into))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageContaining(ref.pack().toString())
        .hasMessageContaining("slot 0");
    assertThat(into).isEqualTo(ByteBuffer.allocate(content.length() - 1));
  }

  @Provide
  Arbitrary<List<Content>> contents() {
    return content().list().ofMinSize(1).ofMaxSize(70);
  }

  @Provide
  Arbitrary<Content> content() {
    Arbitrary<Integer> lengths =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 65_536),
            Arbitraries.integers().between(1, 300),
            Arbitraries.of(1, 65_535, 65_536));
    return Combinators.combine(
            lengths,
            Arbitraries.of(1, 2, 20, 256),
            Arbitraries.longs(),
            Arbitraries.of(true, false),
            Arbitraries.of(0, 3))
        .as(Content::new);
  }

  private void assertReads(Ref ref, Content content, boolean direct) {
    int length = content.length();
    ByteBuffer into =
        direct ? ByteBuffer.allocateDirect(length + 5) : ByteBuffer.allocate(length + 5);
    repository.reader().read(ref, into.position(2));
    assertThat(into.position()).isEqualTo(2 + length);
    assertThat(into.flip().position(2)).isEqualTo(content.bytes());
  }
}

package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a repository relies on, whatever stores its files. */
abstract class StorageConformance {
  private static final String PACK = Layout.pack(PackId.parse("0123456789abcdef0123456789abcdef"));
  private static final String POINT = Layout.point("a");

  private Storage storage;

  /** The same place, seen by one more process. */
  abstract Storage open();

  @BeforeEach
  void prepare() throws IOException {
    storage = open();
    assertThat(storage.isBlank()).isTrue();
    storage.prepare();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @Test
  void preparingTwiceChangesNothing() throws IOException {
    storage.putIfAbsent(POINT, bytes("one"));

    storage.prepare();

    assertThat(storage.problem()).isEmpty();
    assertThat(storage.isBlank()).isFalse();
    assertThat(text(POINT)).isEqualTo("one");
  }

  @Test
  void whatIsThereIsNotReplacedByPuttingIt() throws IOException {
    assertThat(storage.putIfAbsent(POINT, bytes("one"))).isTrue();
    assertThat(storage.putIfAbsent(POINT, bytes("two"))).isFalse();

    assertThat(text(POINT)).isEqualTo("one");
    assertThat(text(storage.confirm(POINT))).isEqualTo("one");
  }

  @Test
  void ofManyWhoPutTheSameNameOneWins() throws Exception {
    int writers = 8;
    CountDownLatch together = new CountDownLatch(writers);
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      List<Future<Boolean>> puts =
          IntStream.range(0, writers)
              .mapToObj(i ->
                  threads.submit(() -> {
                    try (Storage own = open()) {
                      together.countDown();
                      together.await();
                      return own.putIfAbsent(POINT, bytes("writer " + i));
                    }
                  }))
              .toList();
      int winners = 0;
      String expected = "";
      for (int i = 0; i < writers; i++) {
        if (puts.get(i).get()) {
          winners++;
          expected = "writer " + i;
        }
      }
      assertThat(winners).isEqualTo(1);
      assertThat(text(POINT)).isEqualTo(expected);
    }
  }

  @Test
  void anUploadIsNotThereBeforeItIsPublishedAndWholeAfterwards() throws IOException {
    byte[] content = noise(3 * Pieces.BYTES + 1234);
    try (Storage.Upload upload = storage.upload(PACK)) {
      for (int at = 0; at < content.length; at += 100_000) {
        upload.append(ByteBuffer.wrap(content, at, Math.min(100_000, content.length - at)));
      }
      assertThat(upload.position()).isEqualTo(content.length);
      assertThat(storage.exists(PACK)).isFalse();
      assertThat(storage.list(Layout.PACKS)).isEmpty();

      assertThat(upload.publish()).isEqualTo(content.length);
    }
    assertThat(storage.exists(PACK)).isTrue();
    assertThat(storage.list(Layout.PACKS))
        .containsExactly(new Storage.Stored(PACK, content.length));
    try (Storage.Blob blob = storage.open(PACK)) {
      assertThat(blob.bytes()).isEqualTo(content.length);
      assertThat(read(blob, 0, content.length)).isEqualTo(content);
    }
  }

  @Test
  void anUploadThatIsClosedIsGone() throws IOException {
    try (Storage.Upload upload = storage.upload(PACK)) {
      upload.append(bytes("half"));
    }
    assertThat(storage.exists(PACK)).isFalse();
    assertThat(storage.reclaim()).isZero();
  }

  @Test
  void whatWasAppendedCanBeReadBackWhileMoreIsAppended() throws IOException {
    byte[] content = noise(Pieces.BYTES + 5000);
    try (Storage.Upload upload = storage.upload(PACK)) {
      upload.append(ByteBuffer.wrap(content, 0, 4000));
      try (Storage.Blob soFar = upload.soFar()) {
        assertThat(read(soFar, 1000, 3000)).isEqualTo(slice(content, 1000, 3000));
      }
      upload.append(ByteBuffer.wrap(content, 4000, content.length - 4000));
      try (Storage.Blob soFar = upload.soFar()) {
        assertThat(read(soFar, 3990, 2000)).isEqualTo(slice(content, 3990, 2000));
      }
      upload.publish();
    }
    try (Storage.Blob blob = storage.open(PACK)) {
      assertThat(read(blob, 0, content.length)).isEqualTo(content);
    }
  }

  @Test
  void publishingReplacesAtOnceAndWhoReadsTheOldOneGoesOn() throws IOException {
    publish(PACK, "the old one");
    try (Storage.Blob old = storage.open(PACK)) {
      publish(PACK, "new");

      assertThat(text(PACK)).isEqualTo("new");
      assertThat(new String(read(old, 4, 7), StandardCharsets.UTF_8)).isEqualTo("old one");
      storage.delete(PACK);
      assertThat(old.bytes()).isEqualTo(11);
    }
  }

  @Test
  void rangesAreReadAndTheEndIsNoticed() throws IOException {
    publish(PACK, "0123456789");
    try (Storage.Blob blob = storage.open(PACK)) {
      assertThat(new String(read(blob, 3, 4), StandardCharsets.UTF_8)).isEqualTo("3456");
      assertThat(blob.readFully(ByteBuffer.allocate(4), 8)).isFalse();
      assertThat(blob.readFully(ByteBuffer.allocate(1), 100)).isFalse();
      assertThat(blob.readFully(ByteBuffer.allocate(0), 10)).isTrue();
    }
  }

  @Test
  void whatIsNotThereIsNamedSo() throws IOException {
    assertThatThrownBy(() -> storage.open(PACK)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> storage.confirm(POINT)).isInstanceOf(NoSuchFileException.class);
    assertThat(storage.exists(PACK)).isFalse();
    assertThat(storage.delete(PACK)).isZero();
  }

  @Test
  void deletingTellsHowMuchItWas() throws IOException {
    publish(PACK, "0123456789");

    assertThat(storage.delete(PACK)).isEqualTo(10);

    assertThat(storage.exists(PACK)).isFalse();
    assertThat(storage.list(Layout.PACKS)).isEmpty();
  }

  @Test
  void listsHaveAllThatIsBelowAndNothingElse() throws IOException {
    publish(PACK, "pack");
    storage.putIfAbsent(Layout.point("a"), bytes("a"));
    storage.putIfAbsent(Layout.point("b"), bytes("bb"));
    try (Storage.Upload unfinished = storage.upload(Layout.point("c"))) {
      unfinished.append(bytes("c"));

      assertThat(storage.list(Layout.POINTS))
          .containsExactlyInAnyOrder(
              new Storage.Stored(Layout.point("a"), 1), new Storage.Stored(Layout.point("b"), 2));
    }
  }

  @Test
  void whatAWriterStillWritesIsNotReclaimed() throws IOException {
    try (Storage.Upload upload = storage.upload(PACK);
        Storage other = open()) {
      upload.append(bytes("work"));

      assertThat(other.reclaim()).isZero();

      upload.publish();
    }
    assertThat(text(PACK)).isEqualTo("work");
  }

  @Test
  void locationsAndFailuresNameTheFile() {
    assertThat(storage.location(PACK)).endsWith(PACK);
    assertThat(storage.failure(new IOException("Input/output error"), "read", PACK))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(PACK)
        .hasMessageContaining("Input/output error");
  }

  private void publish(String name, String content) throws IOException {
    try (Storage.Upload upload = storage.upload(name)) {
      upload.append(bytes(content));
      upload.publish();
    }
  }

  private String text(String name) throws IOException {
    try (Storage.Blob blob = storage.open(name)) {
      return new String(read(blob, 0, (int) blob.bytes()), StandardCharsets.UTF_8);
    }
  }

  private static String text(ByteBuffer content) {
    return StandardCharsets.UTF_8.decode(content).toString();
  }

  private static byte[] read(Storage.Blob blob, int offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    assertThat(blob.readFully(bytes, offset)).isTrue();
    return bytes.array();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return noise;
  }

  private static byte[] slice(byte[] content, int from, int length) {
    byte[] part = new byte[length];
    System.arraycopy(content, from, part, 0, length);
    return part;
  }
}

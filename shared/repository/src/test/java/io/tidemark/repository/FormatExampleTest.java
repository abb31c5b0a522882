package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example in docs/repository-format.md is what this code writes, byte for byte, and what it
 * reads.
 */
final class FormatExampleTest {

  private static final Path DOCUMENT = Path.of("../../docs/repository-format.md");
  private static final PackId PACK = PackId.parse("00112233445566778899aabbccddeeff");
  private static final byte[] DISK = "Tidemark keeps this.".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path dir;

  @Test
  void theRepositoryHeaderIsAsDocumented() throws IOException {
    assertThat(text(header())).isEqualTo(documented("json header"));
  }

  @Test
  void thePackIsAsDocumented() throws IOException {
    try (Repository repository = Repository.create(dir)) {
      backUp(repository);

      assertThat(dump(Files.readAllBytes(dir.resolve(Layout.pack(PACK)))))
          .isEqualTo(documented("hex pack"));
    }
  }

  @Test
  void theNodeIsAsDocumented() throws IOException {
    try (Repository repository = Repository.create(dir)) {
      Ref root = backUp(repository).disks().getFirst().root();
      byte[] node = new byte[80];
      repository.reader().readNode(root).encode().get(node);

      assertThat(dump(node)).isEqualTo(documented("hex node"));
    }
  }

  @Test
  void theRestorePointIsAsDocumented() throws IOException {
    try (Repository repository = Repository.create(dir)) {
      repository.publish(backUp(repository));

      assertThat(Files.readString(dir.resolve("points/example.json")))
          .isEqualTo(documented("json point"));
    }
  }

  @Test
  void theDocumentedFilesAloneMakeARepositoryThatRestores() throws IOException {
    Path pack = dir.resolve(Layout.pack(PACK));
    Files.createDirectories(pack.getParent());
    Files.createDirectories(dir.resolve("points"));
    Files.writeString(dir.resolve(Layout.HEADER), documented("json header"));
    Files.writeString(dir.resolve("points/example.json"), documented("json point"));
    Files.write(pack, undump(documented("hex pack")));

    try (Repository repository = Repository.open(dir)) {
      Path file = dir.resolve("vda.raw");
      Manifest point = repository.manifest("example");
      RawRestore.restore(repository, point, "vda", file, false, ProgressListener.NONE);

      assertThat(file).hasBinaryContent(DISK);
      assertThat(
              Verifier.verify(
                      repository, List.of("example"), VerifyPlan.full(), VerifyListener.NONE)
                  .ok())
          .isTrue();
    }
  }

  private static ByteBuffer header() {
    String id = "3b241101-e2bb-4255-8caf-4136c566a962";
    return new SealedJson()
        .encode(
            new RepositoryHeader(1, id, "sha-256", new RepositoryHeader.TreeShape(65_536, 256)));
  }

  private static Manifest backUp(Repository repository) {
    try (PackWriter pack = repository.newPack(PACK)) {
      Ref[] refs = Node.NIL.toArray();
      refs[0] = pack.append(Hash.of(ByteBuffer.wrap(DISK)), ByteBuffer.wrap(DISK));
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      leaves.put(0L, pack.append(Node.of(refs)));
      Ref root = repository.tree().replaceLeaves(Ref.NIL, 0, DISK.length, leaves, pack);
      pack.finish();
      return Fixture.point(
          "example", Fixture.disk(root, DISK.length), List.of(PACK), Optional.empty());
    }
  }

  private static String documented(String kind) throws IOException {
    String document = Files.readString(DOCUMENT);
    String fence = "\n```" + kind + "\n";
    int start = document.indexOf(fence) + fence.length();
    assertThat(start).as("the example \"%s\" in %s", kind, DOCUMENT).isGreaterThan(fence.length());
    return document.substring(start, document.indexOf("```", start));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  /** As of hexdump -C, without folding of equal lines. */
  private static String dump(byte[] bytes) {
    StringBuilder dump = new StringBuilder();
    for (int line = 0; line < bytes.length; line += 16) {
      StringBuilder hex = new StringBuilder();
      StringBuilder ascii = new StringBuilder();
      for (int i = line; i < Math.min(line + 16, bytes.length); i++) {
        hex.append(i == line + 8 ? " " : "").append("%02x ".formatted(bytes[i]));
        ascii.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
      }
      dump.append("%08x  %-49s |%s|%n".formatted(line, hex, ascii));
    }
    return dump.toString();
  }

  private static byte[] undump(String dump) {
    String hex = dump.replaceAll("(?m)^.{8}", "").replaceAll("\\|.*\\|", "").replaceAll("\\s", "");
    return HexFormat.of().parseHex(hex);
  }
}

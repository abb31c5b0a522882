package io.tidemark.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at a restored raw disk without the guest: its file system, and the files in it. */
public final class RestoreProof {
  /** e2fsck(8): 0 is clean, 1 that the journal was replayed as after any power failure. */
  private static final Set<Integer> CLEAN_OR_REPLAYED = Set.of(0, 1);

  private RestoreProof() {}

  /** Fails unless the file system is clean once its journal is replayed. */
  public static void checkFileSystem(Path disk) {
    HostTool.run(CLEAN_OR_REPLAYED, List.of("e2fsck", "-p", disk.toString()));
    HostTool.run(Set.of(0), List.of("e2fsck", "-f", "-n", disk.toString()));
  }

  /** SHA-256 and name of every file below /files, in the form of sha256sum. */
  public static String checksums(Path disk, Path scratch) {
    try {
      Files.createDirectories(scratch);
      HostTool.run(Set.of(0), List.of("debugfs", "-R", "rdump /files " + scratch, disk.toString()));
      try (Stream<Path> files = Files.list(scratch.resolve("files"))) {
        return files
            .sorted()
            .map(f -> sha256(f) + "  " + f.getFileName())
            .collect(Collectors.joining("\n"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

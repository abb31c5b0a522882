package io.tidemark.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The server's password: made once, readable by the owner of the process alone. */
final class PasswordFile {
  private static final int BYTES = 16;

  private final Path file;

  PasswordFile(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Letters and digits. */
  String readOrCreate() throws IOException {
    if (!Files.exists(file)) {
      Path written = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(written);
      Files.createFile(
          written,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      Files.writeString(written, HexFormat.of().formatHex(random));
      Files.move(written, file);
    }
    return Files.readString(file).strip();
  }
}

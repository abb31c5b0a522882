package io.tidemark.catalog.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * An Argon2id hash (RFC 9106) with its parameters and salt. Computing one takes tens of
 * milliseconds and {@code memoryKib}: not for event loops.
 */
record PasswordHash(int memoryKib, int iterations, int lanes, byte[] salt, byte[] hash) {
  /** As OWASP recommends; older hashes keep their own. */
  private static final int MEMORY_KIB = 19 * 1024;

  private static final int ITERATIONS = 2;
  private static final int LANES = 1;
  private static final int HASH_BYTES = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  static PasswordHash of(String password, byte[] salt) {
    return new PasswordHash(
        MEMORY_KIB,
        ITERATIONS,
        LANES,
        salt,
        compute(
            password, new PasswordHash(MEMORY_KIB, ITERATIONS, LANES, salt, new byte[HASH_BYTES])));
  }

  /** Reads the PHC string that {@link #toText} wrote. */
  static PasswordHash parse(String text) {
    Matcher parts = PHC.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("This is no Argon2id hash as a PHC string.");
    }
    return new PasswordHash(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        Integer.parseInt(parts.group(3)),
        Base64.getDecoder().decode(parts.group(4)),
        Base64.getDecoder().decode(parts.group(5)));
  }

  boolean matches(String password) {
    return MessageDigest.isEqual(hash, compute(password, this));
  }

  String toText() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            memoryKib, iterations, lanes, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  private static byte[] compute(String password, PasswordHash like) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(like.memoryKib())
            .withIterations(like.iterations())
            .withParallelism(like.lanes())
            .withSalt(like.salt())
            .build());
    byte[] computed = new byte[like.hash().length];
    argon2.generateBytes(password.getBytes(StandardCharsets.UTF_8), computed);
    return computed;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PasswordHash hash && toText().equals(hash.toText());
  }

  @Override
  public int hashCode() {
    return toText().hashCode();
  }

  @Override
  public String toString() {
    return "PasswordHash[…]";
  }
}

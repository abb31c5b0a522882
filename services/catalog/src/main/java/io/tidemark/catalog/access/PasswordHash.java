package io.tidemark.catalog.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * An Argon2id hash (RFC 9106) with its cost and salt. Computing one takes tens of milliseconds and
 * as much memory as its cost says: not for event loops.
 */
final class PasswordHash {
  private static final int HASH_BYTES = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final Cost cost;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(Cost cost, byte[] salt, byte[] hash) {
    this.cost = cost;
    this.salt = salt;
    this.hash = hash;
  }

  /** What a guess costs. */
  private record Cost(int memoryKib, int iterations, int lanes) {
    /** As OWASP recommends; older hashes keep their own. */
    static Cost recommended() {
      return new Cost(19 * 1024, 2, 1);
    }

    byte[] hash(String password, byte[] salt, int bytes) {
      Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
      argon2.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memoryKib)
              .withIterations(iterations)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] computed = new byte[bytes];
      argon2.generateBytes(password.getBytes(StandardCharsets.UTF_8), computed);
      return computed;
    }
  }

  static PasswordHash of(String password, byte[] salt) {
    Cost cost = Cost.recommended();
    return new PasswordHash(cost, salt.clone(), cost.hash(password, salt, HASH_BYTES));
  }

  /** One that no password matches, and that costs as much to try; computes nothing. */
  static PasswordHash unmatchable(byte[] salt) {
    return new PasswordHash(Cost.recommended(), salt.clone(), new byte[HASH_BYTES]);
  }

  /** Reads the PHC string that {@link #toText} wrote. */
  static PasswordHash parse(String text) {
    Matcher parts = PHC.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("This is no Argon2id hash as a PHC string.");
    }
    return new PasswordHash(
        new Cost(
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3))),
        Base64.getDecoder().decode(parts.group(4)),
        Base64.getDecoder().decode(parts.group(5)));
  }

  boolean matches(String password) {
    return MessageDigest.isEqual(hash, cost.hash(password, salt, hash.length));
  }

  String toText() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.memoryKib(),
            cost.iterations(),
            cost.lanes(),
            base64.encodeToString(salt),
            base64.encodeToString(hash));
  }
}

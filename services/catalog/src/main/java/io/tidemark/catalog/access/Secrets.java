package io.tidemark.catalog.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Random secrets, and their digests. Thread-safe. */
public final class Secrets {
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 8;
  private static final int SALT_BYTES = 16;

  private final SecureRandom random = new SecureRandom();

  /** 256 random bits as 43 characters that need no escaping anywhere. */
  public String secret() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
  }

  /** A random id of 16 characters. */
  public String id() {
    return HexFormat.of().formatHex(bytes(ID_BYTES));
  }

  byte[] salt() {
    return bytes(SALT_BYTES);
  }

  /** Enough for secrets that are random themselves. */
  public static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** Compares in a time that doesn't tell where they differ. */
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(digest(one), digest(other));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}

package io.tidemark.bench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Lines as a web server logs them, with identifiers and tokens that don't repeat: zstd level 1
 * halves them, at the pace at which it halves programs too.
 */
final class LogText {
  private static final byte[] DIGITS = ascii("0123456789");
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] TOKEN =
      ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  private static final String[] WORDS = {
    "GET", "POST", "PUT", "200", "404", "301", "api", "users", "orders", "items", "login",
    "session", "cart", "index", "html", "json", "query", "cache", "miss", "hit", "error", "warn",
    "info", "debug"
  };

  private final SplittableRandom random;
  private byte[] out = {};
  private int at;

  LogText(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Fills all of it; a line goes on in the next array only by accident. */
  void fill(byte[] target) {
    out = target;
    at = 0;
    while (at < out.length) {
      line();
    }
  }

  private void line() {
    text("2026-11-");
    some(DIGITS, 2);
    text("T");
    some(DIGITS, 2);
    text(":");
    some(DIGITS, 2);
    text(":");
    some(DIGITS, 2);
    text(".");
    some(DIGITS, 3);
    word();
    text("web-");
    some(DIGITS, 2);
    word();
    text("/");
    word();
    text("?id=");
    some(HEX, 16);
    text(" took ");
    some(DIGITS, 5);
    text(" us ");
    some(TOKEN, 20);
    text("\n");
  }

  private void word() {
    text(" ");
    text(WORDS[random.nextInt(WORDS.length)]);
    text(" ");
  }

  private void text(String text) {
    for (int i = 0; i < text.length() && at < out.length; i++) {
      out[at++] = (byte) text.charAt(i);
    }
  }

  private void some(byte[] alphabet, int count) {
    for (int i = 0; i < count && at < out.length; i++) {
      out[at++] = alphabet[random.nextInt(alphabet.length)];
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

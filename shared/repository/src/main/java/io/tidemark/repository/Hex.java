package io.tidemark.repository;

import java.util.HexFormat;

/** Strict reading of hex text: lower case only, so that one value has one spelling. */
final class Hex {

  private Hex() {}

  static byte[] parse(String text, int bytes, String what) {
    if (!text.matches("[0-9a-f]{" + 2 * bytes + "}")) {
      throw new IllegalArgumentException(
          what + " is " + 2 * bytes + " lower-case hex digits, not \"" + text + "\"");
    }
    return HexFormat.of().parseHex(text);
  }
}

package io.tidemark.nbd;

/** Text from a server that nobody vouches for. */
final class Text {
  private Text() {}

  /** Without anything that could steer a terminal or split a log line. */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }
}

package io.tidemark.nbd.protocol;

/** Text from a server that nobody vouches for. */
public final class Text {
  private Text() {}

  /** Without anything that could steer a terminal or split a log line. */
  public static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }
}

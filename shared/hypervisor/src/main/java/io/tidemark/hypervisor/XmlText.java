package io.tidemark.hypervisor;

/** Escapes text for XML. */
final class XmlText {
  private XmlText() {}

  /**
   * For an attribute in single quotes, or for element content.
   *
   * @throws DomainXmlException if it has a character that XML can't carry, such as NUL
   */
  static String escape(String value) {
    var escaped = new StringBuilder(value.length() + 16);
    value.codePoints().forEach(point -> append(escaped, point, value));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int point, String value) {
    switch (point) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '\'' -> escaped.append("&apos;");
      case '"' -> escaped.append("&quot;");
      case '\t', '\n', '\r' -> escaped.append("&#").append(point).append(';');
      default -> {
        if (!isXml(point)) {
          throw new DomainXmlException(
              "XML cannot carry the character U+%04X in '%s'".formatted(point, value));
        }
        escaped.appendCodePoint(point);
      }
    }
  }

  private static boolean isXml(int point) {
    return point >= 0x20
        && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
        && point != 0xFFFE
        && point != 0xFFFF;
  }
}

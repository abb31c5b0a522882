package io.tidemark.hypervisor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An element and where it stands in the text, so that it can be changed without touching anything
 * else. Offsets are indexes into the text, ends exclusive.
 */
final class XmlSpan {
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\s+([^\\s=]+)\\s*=\\s*(\"[^\"]*\"|'[^']*')");

  private final String text;
  private final String name;
  private final int start;
  private final int tagEnd;
  private final List<XmlSpan> children = new ArrayList<>();
  private int contentEnd;
  private int end;

  private XmlSpan(String text, String name, int start, int tagEnd) {
    this.text = text;
    this.name = name;
    this.start = start;
    this.tagEnd = tagEnd;
  }

  /**
   * The root element of a text that {@link Dom} has read without complaint: well-formed, and
   * without document type.
   */
  static XmlSpan of(String text) {
    var open = new ArrayDeque<XmlSpan>();
    var at = text.indexOf('<');
    while (at >= 0) {
      var end = markupEnd(text, at);
      var closed = element(text, at, end, open);
      if (closed.isPresent() && open.isEmpty()) {
        return closed.get();
      }
      at = text.indexOf('<', end);
    }
    throw new DomainXmlException("The XML has no root element");
  }

  String name() {
    return name;
  }

  int start() {
    return start;
  }

  /** Behind the start tag. */
  int tagEnd() {
    return tagEnd;
  }

  int end() {
    return end;
  }

  /** Where the end tag starts; equal to {@link #tagEnd()} for {@code <empty/>}. */
  int contentEnd() {
    return contentEnd;
  }

  boolean selfClosing() {
    return text.charAt(tagEnd - 2) == '/';
  }

  List<XmlSpan> children() {
    return List.copyOf(children);
  }

  Stream<XmlSpan> children(String childName) {
    return children.stream().filter(child -> child.name.equals(childName));
  }

  Optional<XmlSpan> child(String childName) {
    return children(childName).findFirst();
  }

  /** The element's own text, tags included. */
  String source() {
    return text.substring(start, end);
  }

  /** Where an attribute's value stands in the text, without its quotes. */
  Optional<Range> value(String attribute) {
    var matcher = ATTRIBUTE.matcher(text).region(start + 1 + name.length(), tagEnd);
    while (matcher.lookingAt()) {
      if (matcher.group(1).equals(attribute)) {
        return Optional.of(
            new Range(matcher.start(), matcher.start(2) + 1, matcher.end(2) - 1, matcher.end()));
      }
      matcher.region(matcher.end(), tagEnd);
    }
    return Optional.empty();
  }

  /** The white space between the line's start and this element; empty if it shares its line. */
  String indentation() {
    var line = text.lastIndexOf('\n', start) + 1;
    var before = text.substring(line, start);
    return before.isBlank() ? before : "";
  }

  /**
   * An attribute in the text.
   *
   * @param start at the white space before its name
   * @param valueStart behind the opening quote
   * @param valueEnd at the closing quote
   * @param end behind the closing quote
   */
  record Range(int start, int valueStart, int valueEnd, int end) {}

  /** Takes one piece of markup; the element that it completes, if it does. */
  private static Optional<XmlSpan> element(String text, int at, int end, Deque<XmlSpan> open) {
    var mark = text.charAt(at + 1);
    if (mark == '!' || mark == '?') {
      return Optional.empty();
    }
    if (mark == '/') {
      var closed = open.pop();
      closed.contentEnd = at;
      closed.end = end;
      return Optional.of(closed);
    }
    var opened = new XmlSpan(text, nameAt(text, at + 1), at, end);
    if (!open.isEmpty()) {
      open.peek().children.add(opened);
    }
    if (!opened.selfClosing()) {
      open.push(opened);
      return Optional.empty();
    }
    opened.contentEnd = end;
    opened.end = end;
    return Optional.of(opened);
  }

  /** Behind the tag, comment, CDATA section or processing instruction that starts there. */
  private static int markupEnd(String text, int at) {
    if (text.startsWith("<!--", at)) {
      return behind(text, "-->", at + 4);
    }
    if (text.startsWith("<![CDATA[", at)) {
      return behind(text, "]]>", at + 9);
    }
    if (text.startsWith("<?", at)) {
      return behind(text, "?>", at + 2);
    }
    return tagEndFrom(text, at);
  }

  private static int tagEndFrom(String text, int at) {
    var quote = '\0';
    for (var i = at; i < text.length(); i++) {
      var c = text.charAt(i);
      if (quote != '\0') {
        quote = c == quote ? '\0' : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i + 1;
      }
    }
    throw new DomainXmlException("The XML ends within a tag");
  }

  private static int behind(String text, String mark, int from) {
    var at = text.indexOf(mark, from);
    if (at < 0) {
      throw new DomainXmlException("The XML ends within a comment or section");
    }
    return at + mark.length();
  }

  private static String nameAt(String text, int from) {
    var end = from;
    while (!Character.isWhitespace(text.charAt(end)) && "/>".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(from, end);
  }
}

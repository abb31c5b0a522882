package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.w3c.dom.Element;

class XmlPropertiesTest {
  private static final Arbitrary<String> TEXT =
      Arbitraries.strings().withChars("ab <>&'\"/=-]\t\nä€").ofMaxLength(12);

  @Property
  void elementsStandInTheTextWhereTheParserSeesThem(@ForAll("documents") String text) {
    assertSame(XmlSpan.of(text), Dom.root(text, "e"), text);
  }

  @Property
  void escapedTextIsReadBackAsItWas(@ForAll("texts") String value) {
    var root = Dom.root("<e a='" + XmlText.escape(value) + "'/>", "e");

    assertThat(root.getAttribute("a")).isEqualTo(value);
  }

  @Property
  void convertedAndRevertedDisksAreTheSameAndAllElseIsUntouched(
      @ForAll("domains") DomainXml domain) {
    for (var disk : domain.disks()) {
      var converted = domain.withMetadataImage(disk.target(), "/meta/a&b'.qcow2");

      var now = converted.disk(disk.target()).orElseThrow();
      assertThat(now.dataPath()).isEqualTo(disk.source());
      assertThat(now.format()).isEqualTo("qcow2");
      assertThat(now.metadataImage()).contains("/meta/a&b'.qcow2");
      assertThat(converted.text()).containsOnlyOnce("<backingStore/>");
      assertThat(converted.withoutMetadataImage(disk.target())).isEqualTo(domain);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return TEXT;
  }

  @Provide
  Arbitrary<String> documents() {
    return element(3)
        .map(
            content -> "<?xml version='1.0'?>\n<!-- <e> '\" -->\n<e a='1>2'>" + content + "</e>\n");
  }

  @Provide
  Arbitrary<DomainXml> domains() {
    return disk()
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(disks ->
            new DomainXml(
                "<domain type='kvm'>\n  <devices>\n"
                    + IntStream.range(0, disks.size())
                        .mapToObj(i -> disks.get(i).formatted("vd" + (char) ('a' + i)))
                        .collect(Collectors.joining())
                    + "  </devices>\n</domain>\n"));
  }

  private static Arbitrary<String> disk() {
    var drivers = Arbitraries.of("", " cache='none'", " io=\"native\" discard='unmap'");
    var paths = TEXT.map(path -> XmlText.escape("/" + path).replace("%", "%%"));
    var extras =
        Arbitraries.of("", "      <serial>S&amp;1</serial>\n", "      <!-- <source/> -->\n");
    return Combinators.combine(drivers, paths, Arbitraries.of("file", "block"), extras)
        .as((driver, path, type, extra) ->
            "    <disk type='"
                + type
                + "' device='disk'>\n      <driver name='qemu' type='raw'"
                + driver
                + "/>\n      <source "
                + (type.equals("file") ? "file" : "dev")
                + "='"
                + path
                + "'/>\n"
                + extra
                + "      <target dev='%s' bus='virtio'/>\n    </disk>\n");
  }

  private static Arbitrary<String> element(int depth) {
    var leaf =
        Arbitraries.oneOf(
            TEXT.map(XmlText::escape),
            TEXT.map(text -> "<!--" + text.replace('-', '_') + "-->"),
            TEXT.map(text -> "<![CDATA[" + text.replace(']', '_') + "]]>"),
            attributes().map(attributes -> "<f" + attributes + "/>"));
    if (depth == 0) {
      return leaf;
    }
    var nested =
        Combinators.combine(attributes(), element(depth - 1).list().ofMaxSize(3))
            .as((attributes, inner) -> "<g" + attributes + ">" + String.join("", inner) + "</g >");
    return Arbitraries.oneOf(leaf, nested).list().ofMaxSize(3).map(parts -> String.join("", parts));
  }

  private static Arbitrary<String> attributes() {
    var doubleQuoted =
        TEXT.map(text -> " b = \"" + XmlText.escape(text).replace("&apos;", "'") + '"');
    var singleQuoted = TEXT.map(text -> "\n a='" + XmlText.escape(text) + '\'');
    return Combinators.combine(
            doubleQuoted.optional(), singleQuoted.optional(), Arbitraries.of("", " "))
        .as((b, a, space) -> b.orElse("") + a.orElse("") + space);
  }

  private static void assertSame(XmlSpan span, Element element, String text) {
    assertThat(span.name()).isEqualTo(element.getTagName());
    assertThat(span.source()).startsWith("<" + element.getTagName()).endsWith(">");
    for (var name : List.of("a", "b")) {
      var written =
          span.value(name)
              .map(at -> text.substring(at.valueStart(), at.valueEnd()))
              .map(value -> Dom.root("<e a=\"" + value.replace("\"", "&quot;") + "\"/>", "e"))
              .map(root -> root.getAttribute("a"));
      assertThat(written.isPresent()).isEqualTo(element.hasAttribute(name));
      assertThat(written.orElse("")).isEqualTo(element.getAttribute(name));
    }
    var children = Dom.children(element).toList();
    assertThat(span.children()).hasSameSizeAs(children);
    for (var i = 0; i < children.size(); i++) {
      assertSame(span.children().get(i), children.get(i), text);
    }
  }
}

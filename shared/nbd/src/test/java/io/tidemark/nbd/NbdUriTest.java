package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NbdUriTest {

  @ParameterizedTest
  @CsvSource({
    "nbd://example.com/disk, example.com, 10809, disk",
    "nbd://example.com/, example.com, 10809, ''",
    "nbd://example.com, example.com, 10809, ''",
    "nbd://example.com//disk, example.com, 10809, /disk",
    "nbd://example.com/hello%20world, example.com, 10809, hello world",
    "nbd://example.com:1234/a+b, example.com, 1234, a+b",
    "nbd://example.com:/a, example.com, 10809, a",
    "nbd://[::1]/a/b%2Fc, ::1, 10809, a/b/c",
    "nbd://[fe80::1%25eth0]:99/, fe80::1%eth0, 99, ''",
    "nbd://10.0.0.7/%C3%A4?x-trace=7, 10.0.0.7, 10809, ä",
    "NBD://my_host/x, my_host, 10809, x",
  })
  void tcpIsReadAsTheSpecificationSays(String text, String host, int port, String export) {
    assertThat(NbdUri.parse(text)).isEqualTo(NbdUri.tcp(host, port, export));
  }

  @ParameterizedTest
  @CsvSource({
    "nbd+unix:///disk?socket=sock, sock, disk",
    "nbd+unix:///?socket=/run/a%20b.sock, /run/a b.sock, ''",
    "nbd+unix://?socket=/run/a.sock, /run/a.sock, ''",
    "nbd+unix:////x?socket=/run/a%26b, /run/a&b, /x",
  })
  void aUnixSocketIsReadAsTheSpecificationSays(String text, Path socket, String export) {
    assertThat(NbdUri.parse(text)).isEqualTo(NbdUri.unix(socket, export));
  }

  @Test
  void theParametersOfTlsAreRead() {
    NbdUri uri =
        NbdUri.parse(
            "nbds+unix://alice@/d?socket=s&tls-certificates=/etc/pki/nbd&tls-hostname=kvm1"
                + "&tls-verify-peer=0&tls-psk-file=/keys");

    assertThat(uri.tls())
        .contains(
            new NbdTls(
                Optional.of("alice"),
                Optional.of(Path.of("/etc/pki/nbd")),
                Optional.of(Path.of("/keys")),
                Optional.of("kvm1"),
                false));
    assertThat(uri.tlsHostname()).isEqualTo("kvm1");
  }

  @Test
  void theCertificateMustBeTheHostsOrOnAUnixSocketLocalhosts() {
    assertThat(NbdUri.parse("nbds://kvm2/d").tlsHostname()).isEqualTo("kvm2");
    assertThat(NbdUri.parse("nbds+unix:///d?socket=s").tlsHostname()).isEqualTo("localhost");
    assertThat(NbdUri.parse("nbds://kvm2/d").tls()).contains(NbdTls.defaults());
  }

  @ParameterizedTest
  @CsvSource({
    "http://host/, begins with nbd",
    "nbd+vsock://2/, vsock",
    "nbds+vsock://2:10809/, vsock",
    "nbd:///export, no host",
    "nbd://host:99999/, 1 to 65535",
    "nbd://host:0/, 1 to 65535",
    "nbd://ho st/, no URI",
    "nbd://host/%zz, no URI",
    "nbd://host/%ff, UTF-8",
    "nbd://host/%00, NUL",
    "nbd://host/a#b, fragment",
    "nbd://host/?socket=s, TCP",
    "nbd://[::1/, valid host",
    "nbd+unix:///a, socket=PATH",
    "nbd+unix:///a?socket=, socket=PATH",
    "nbd+unix:///a?socket=%00x, abstract",
    "nbd+unix://host/a?socket=s, unix socket",
    "nbd+unix:///a?socket=s&socket=t, twice",
    "nbd+unix:///a?socket=s&sokcet=t, 'sokcet'",
    "nbd://host/?tls-hostname=x, nbds",
    "nbds://host/?tls-type=psk, 'psk'",
    "nbds://host/?tls-type=anon, 'anon'",
    "nbds://host/?tls-verify-peer=maybe, maybe",
    "disk, no URI",
    "'', no URI",
  })
  void whatIsWrongIsSaid(String text, String complaint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NbdUri.parse(text))
        .withMessageContaining(complaint);
  }

  @Property
  void whatIsWrittenIsReadAgain(@ForAll("uris") NbdUri uri) {
    assertThat(NbdUri.parse(uri.toString())).isEqualTo(uri);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text, @ForAll("uris") NbdUri uri) {
    for (String candidate : new String[] {text, "nbd://" + text, uri + text}) {
      try {
        assertThat(NbdUri.parse(candidate)).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageMatching("(?s).+");
      }
    }
  }

  @Provide
  Arbitrary<NbdUri> uris() {
    return Combinators.combine(servers(), names(0), tls().optional()).as(NbdUri::new);
  }

  private static Arbitrary<NbdServerAddress> servers() {
    Arbitrary<String> hosts =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange('a', 'z').withChars("-_.").ofMinLength(1),
            Arbitraries.of("::1", "fe80::1%eth0", "192.168.1.7"));
    return Arbitraries.oneOf(
        Combinators.combine(hosts, Arbitraries.integers().between(1, 65_535))
            .as(NbdServerAddress.Tcp::new),
        paths().map(NbdServerAddress.Unix::new));
  }

  private static Arbitrary<NbdTls> tls() {
    return Combinators.combine(
            names(1).optional(),
            paths().optional(),
            paths().optional(),
            names(1).optional(),
            Arbitraries.of(true, false))
        .as(NbdTls::new);
  }

  private static Arbitrary<Path> paths() {
    return names(1).map(Path::of);
  }

  private static Arbitrary<String> names(int least) {
    return Arbitraries.strings()
        .withCharRange('\u0001', '\ud7ff')
        .withChars("/%&=?#@:+* ")
        .ofMinLength(least)
        .ofMaxLength(60);
  }
}

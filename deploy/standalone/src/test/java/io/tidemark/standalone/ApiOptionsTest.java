package io.tidemark.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.catalog.ApiConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ApiOptionsTest {
  private static final Path DATA = Path.of("/data");

  @TempDir private Path directory;

  @Test
  void byDefaultTheApiIsOpenOnLoopbackAlone() {
    ApiOptions options = parse();

    assertThat(options.http()).isEqualTo(new HostPort("127.0.0.1", 8480));
    assertThat(options.config(DATA)).isEqualTo(ApiConfig.defaults());
    assertThat(options.url(8480)).isEqualTo("http://127.0.0.1:8480");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:8480", "[::]:8480", "192.0.2.1:8480"})
  void anywhereElseItAsksWhoOneIsAndSpeaksTls(String address) {
    assertThatThrownBy(() -> parse("--http", address).config(DATA))
        .hasMessageContaining("--tls-certificate");

    ApiConfig behindProxy = parse("--http", address, "--insecure-http").config(DATA);

    assertThat(behindProxy.access().auth()).isTrue();
    assertThat(behindProxy.restoreRoots()).containsExactly(DATA.resolve("restores"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1"})
  void loopbackHasManyNames(String address) {
    assertThat(parse("--http", address).config(DATA).access().auth()).isFalse();
  }

  @Test
  void restoreRootsAreAbsoluteAndMany() {
    assertThatThrownBy(() -> parse("--restore-root", "here").config(DATA))
        .hasMessageContaining("absolute");

    assertThat(
            parse("--restore-root", "/srv/a,/srv/../b", "--restore-root", "/c")
                .config(DATA)
                .restoreRoots())
        .containsExactly(Path.of("/srv/a"), Path.of("/b"), Path.of("/c"));
  }

  @Test
  void tlsTakesACertificateAndItsKey() throws Exception {
    String cert = Files.writeString(directory.resolve("cert.pem"), "").toString();
    String key = Files.writeString(directory.resolve("key.pem"), "").toString();

    assertThatThrownBy(() -> parse("--tls-certificate", cert).config(DATA))
        .hasMessageContaining("--tls-key");
    assertThatThrownBy(() -> parse("--tls-key", key).config(DATA))
        .hasMessageContaining("--tls-certificate");
    assertThatThrownBy(() -> parse("--tls-certificate", "/no/cert", "--tls-key", key).config(DATA))
        .hasMessageContaining("/no/cert");
    ApiOptions both = parse("--tls-certificate", cert, "--tls-key", key);
    assertThat(both.config(DATA).access().tls()).isPresent();
    assertThat(both.url(1)).isEqualTo("https://127.0.0.1:1");
  }

  @Test
  void namingAFlagNeverTurnsOffWhatTheEnvironmentTurnedOn() {
    ApiOptions options = new ApiOptions();
    CommandLine command = commandLine(options);
    command.setDefaultValueProvider(argument ->
        List.of("--auth", "--private-webhooks").contains(name(argument)) ? "true" : null);

    command.parseArgs("--auth", "--private-webhooks");

    assertThat(options.config(DATA).access().auth()).isTrue();
    assertThat(options.config(DATA).webhooks().allowPrivate()).isTrue();
  }

  @Test
  void aFlagTakesNothingThatComesAfterIt() {
    CommandLine.ParseResult parsed =
        Tidemark.commandLine().parseArgs("service", "--auth", "catalog");

    assertThat(parsed.subcommand().matchedPositionalValue(0, ServiceName.INVENTORY))
        .isEqualTo(ServiceName.CATALOG);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : "";
  }

  private static ApiOptions parse(String... arguments) {
    ApiOptions options = new ApiOptions();
    commandLine(options).parseArgs(arguments);
    return options;
  }

  private static CommandLine commandLine(ApiOptions options) {
    CommandSpec mixin = CommandSpec.forAnnotatedObject(options);
    return new CommandLine(CommandSpec.create().addMixin("api", mixin))
        .registerConverter(HostPort.class, new HostPort.Converter());
  }
}

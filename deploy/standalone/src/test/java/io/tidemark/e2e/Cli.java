package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.standalone.Tidemark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** The command line as a script would use it. */
final class Cli {
  private final URI url;
  private final ObjectMapper json = new ObjectMapper();

  Cli(URI url) {
    this.url = url;
  }

  /** What a command printed and how it ended. */
  record Outcome(int status, String out, String err) {}

  Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Tidemark.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Outcome(commandLine.execute(arguments), out.toString(), err.toString());
  }

  /** Runs a client command with {@code --json}, which must succeed. */
  JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", "--url", url.toString()));
    Outcome outcome = run(all.toArray(String[]::new));
    assertThat(outcome.status()).as(String.join(" ", all) + ": " + outcome.err()).isZero();
    return parse(outcome.out());
  }

  /** Runs a client command that must fail with status 1, and returns its one sentence. */
  String failure(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", url.toString()));
    Outcome outcome = run(all.toArray(String[]::new));
    assertThat(outcome.status()).as(outcome.out() + outcome.err()).isEqualTo(1);
    assertThat(outcome.err().strip().lines()).hasSize(1);
    return outcome.err().strip();
  }

  JsonNode parse(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}

package io.tidemark.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabScriptTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void theScriptIsFoundAboveTheWorkingDirectory() {
    assertThat(LabScript.locate(Optional.empty()).script())
        .endsWith(Path.of("deploy/lab/lab"))
        .isExecutable();
  }

  @Test
  void theFolderIsPassedBeforeTheCommandAndOutputComesBackWhole() throws IOException {
    var script = script("printf '<%s>\\n' \"$@\"; echo progress >&2");

    assertThat(script.run(LIMIT, List.of("guest", "exec", "a  b")))
        .isEqualTo("<--dir>\n<" + folder + ">\n<guest>\n<exec>\n<a  b>\n");
  }

  @Test
  void aFailureCarriesTheScriptsOwnWords() throws IOException {
    var script =
        script(
            "echo 'lab: installing' >&2; echo 'lab: error: cannot install debootstrap' >&2; exit 1");

    assertThatThrownBy(() -> script.run(LIMIT, List.of("up")))
        .isInstanceOf(LabException.class)
        .hasMessage("lab up: cannot install debootstrap");
  }

  @Test
  void aScriptThatDoesNotEndIsStopped() throws IOException {
    var script = script("echo $$ >\"$2/pid\"; exec sleep 600");

    assertThatThrownBy(() -> script.run(Duration.ofSeconds(1), List.of("up")))
        .isInstanceOf(LabException.class)
        .hasMessageStartingWith("Not done within PT1S");
    var pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    ProcessHandle.of(pid)
        .ifPresent(left -> assertThat(left.onExit()).succeedsWithin(Duration.ofSeconds(20)));
  }

  private LabScript script(String body) throws IOException {
    var file = folder.resolve("fake-lab");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new LabScript(file, Optional.of(folder));
  }
}

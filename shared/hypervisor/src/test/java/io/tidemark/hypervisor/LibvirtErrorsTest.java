package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.hypervisor.HypervisorException.AgentUnavailable;
import io.tidemark.hypervisor.HypervisorException.CheckpointBroken;
import io.tidemark.hypervisor.HypervisorException.NoSuchDomain;
import io.tidemark.hypervisor.HypervisorException.Refused;
import io.tidemark.hypervisor.HypervisorException.TimedOut;
import io.tidemark.hypervisor.HypervisorException.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.libvirt.Error;
import org.libvirt.jna.virError;

class LibvirtErrorsTest {
  private static final int FROM_RPC = 7;
  private static final int FROM_QEMU = 10;

  @ParameterizedTest
  @CsvSource({"42,NoSuchDomain", "68,TimedOut", "86,AgentUnavailable", "1,Refused", "38,Refused"})
  void codesOfTheDaemonAreTranslatedWithItsOwnWords(int code, String kind) {
    var failure = translated(code, FROM_QEMU, "It says why", true);

    assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(failure).hasMessageStartingWith("libvirt could not start domain web: It says why.");
    assertThat(failure)
        .isInstanceOfAny(NoSuchDomain.class, TimedOut.class, AgentUnavailable.class, Refused.class);
  }

  @Test
  void aBrokenBitmapNamesItsDisk() {
    var failure =
        translated(
            109,
            FROM_QEMU,
            "checkpoint inconsistent: missing or broken bitmap 'c2' for disk 'vdb'",
            true);

    assertThat(failure).isInstanceOf(CheckpointBroken.class);
    assertThat(((CheckpointBroken) failure).target()).isEqualTo("vdb");
  }

  @Test
  void anUnknownCheckpointNamesNoDisk() {
    var failure = translated(103, FROM_QEMU, "no domain checkpoint with matching name 'c9'", true);

    assertThat(failure).isInstanceOf(CheckpointBroken.class);
    assertThat(((CheckpointBroken) failure).target()).isEmpty();
  }

  @Test
  void whateverTheCodeALostConnectionIsUnavailable() {
    assertThat(translated(38, FROM_RPC, "Cannot recv data: reset", true))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("qemu:///system");
    assertThat(translated(1, FROM_QEMU, "client socket is closed", false))
        .isInstanceOf(Unavailable.class);
  }

  private static HypervisorException translated(
      int code, int domain, String message, boolean alive) {
    var raw = new virError();
    raw.code = code;
    raw.domain = domain;
    raw.level = 2;
    raw.message = message;
    return LibvirtErrors.of(
        "start domain web", "qemu:///system", new Error(raw), alive, new Exception(message));
  }
}

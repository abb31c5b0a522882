package io.tidemark.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.DiskDescription;
import io.tidemark.events.DomainChanged;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.tidemark.events.InventoryEvent;
import io.tidemark.events.Protection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryChangesTest {
  private static final DomainDescription WEB = domain("web", DomainState.RUNNING, 1 << 20);
  private static final DomainDescription DB = domain("db", DomainState.SHUT_OFF, 1 << 20);

  @Test
  void aNewDomainIsSeen() {
    assertThat(between(Map.of(), List.of(WEB), false)).containsExactly(new DomainSeen("host", WEB));
  }

  @Test
  void nothingIsSaidOfWhatStaysTheSame() {
    assertThat(between(Map.of("web", WEB), List.of(WEB), false)).isEmpty();
  }

  @Test
  void everythingIsSaidAgainWhenAskedFor() {
    assertThat(between(Map.of("web", WEB, "db", DB), List.of(WEB, DB), true))
        .containsExactly(new DomainSeen("host", WEB), new DomainSeen("host", DB));
  }

  @Test
  void anotherStateIsAChange() {
    DomainDescription off = domain("web", DomainState.SHUT_OFF, 1 << 20);

    assertThat(between(Map.of("web", WEB), List.of(off), true))
        .containsExactly(new DomainChanged("host", off));
  }

  @Test
  void aGrownDiskIsAChange() {
    DomainDescription grown = domain("web", DomainState.RUNNING, 2 << 20);

    assertThat(between(Map.of("web", WEB), List.of(grown), false))
        .containsExactly(new DomainChanged("host", grown));
  }

  @Test
  void aDomainThatIsNoLongerThereIsGone() {
    assertThat(between(Map.of("web", WEB, "db", DB), List.of(DB), false))
        .containsExactly(new DomainGone("host", "web", "web"));
  }

  private static List<InventoryEvent> between(
      Map<String, DomainDescription> said, List<DomainDescription> now, boolean everything) {
    return InventoryChanges.between("host", said, now, everything);
  }

  private static DomainDescription domain(String name, DomainState state, long sizeBytes) {
    DiskDescription disk =
        new DiskDescription(
            "vda",
            "/images/" + name + ".raw",
            "raw",
            sizeBytes,
            Protection.PROTECTED,
            "its metadata image keeps its dirty bitmaps",
            Optional.of("/metadata/" + name + ".qcow2"));
    return new DomainDescription(name, name, state, List.of(disk));
  }
}

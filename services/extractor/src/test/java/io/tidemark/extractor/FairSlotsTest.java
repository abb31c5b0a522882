package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairSlotsTest {
  private final FairSlots slots = new FairSlots(2);
  private final List<String> granted = new ArrayList<>();

  @Test
  void aJobWithManyShardsDoesNotKeepAnotherWaiting() {
    FairSlots.Place first = ask("big", "big 1");
    ask("big", "big 2");
    ask("big", "big 3");
    ask("big", "big 4");
    FairSlots.Place small = ask("small", "small 1");
    assertThat(granted).containsExactly("big 1", "big 2");

    first.give();
    assertThat(granted).endsWith("small 1");
    small.give();
    assertThat(granted).endsWith("big 3");
  }

  @Test
  void equalsTakeTurns() {
    FairSlots one = new FairSlots(1);
    List<FairSlots.Place> places = new ArrayList<>();
    for (String shard : List.of("a1", "a2", "b1", "b2")) {
      FairSlots.Place place = one.ask(shard.substring(0, 1));
      places.add(place);
      place.granted().onSuccess(done -> granted.add(shard));
    }

    places.get(0).give();
    places.get(2).give();
    places.get(1).give();

    assertThat(granted).containsExactly("a1", "b1", "a2", "b2");
  }

  @Test
  void whoWithdrawsInTimeGetsNoPlaceAndTakesNone() {
    FairSlots.Place first = ask("a", "a1");
    ask("a", "a2");
    FairSlots.Place third = ask("a", "a3");
    ask("b", "b1");

    assertThat(third.withdraw()).isTrue();
    assertThat(first.withdraw()).isFalse();
    first.give();

    assertThat(granted).containsExactly("a1", "a2", "b1");
    assertThat(third.granted().isComplete()).isFalse();
  }

  @Test
  void whoOnlyWaitsForHisEndLeavesHisPlaceToTheNext() {
    FairSlots.Place first = ask("a", "a1");
    ask("a", "a2");
    ask("a", "a3");
    ask("b", "b1");

    first.finishing();
    assertThat(granted).containsExactly("a1", "a2", "b1");
    first.finishing();
    first.give();

    assertThat(granted).as("a place is given back once").containsExactly("a1", "a2", "b1");
  }

  @Test
  void asManyAsThereArePlacesMayWaitForTheirEnd() {
    FairSlots one = new FairSlots(1);
    List<FairSlots.Place> places = new ArrayList<>();
    for (String shard : List.of("a1", "a2", "a3", "a4")) {
      FairSlots.Place place = one.ask("a");
      places.add(place);
      place.granted().onSuccess(done -> granted.add(shard));
    }

    places.get(0).finishing();
    places.get(1).finishing();
    assertThat(granted).containsExactly("a1", "a2");
    places.get(0).give();
    assertThat(granted).containsExactly("a1", "a2");
    places.get(1).give();
    assertThat(granted).containsExactly("a1", "a2", "a3");
    places.get(2).finishing();

    assertThat(granted).containsExactly("a1", "a2", "a3", "a4");
  }

  private FairSlots.Place ask(String job, String shard) {
    FairSlots.Place place = slots.ask(job);
    place.granted().onSuccess(done -> granted.add(shard));
    return place;
  }
}

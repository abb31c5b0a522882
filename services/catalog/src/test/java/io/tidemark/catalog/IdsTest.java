package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdsTest {

  @Test
  void aUuidStaysAndAnythingElseNamesOne() {
    assertThat(Ids.uuid("7C9E6679-7425-40DE-944B-E07FC1F90AE7"))
        .isEqualTo("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    assertThat(Ids.uuid("nightly")).isEqualTo(Ids.uuid("nightly")).hasSize(36);
    assertThat(Ids.uuid("1-1-1-1-1")).isNotEqualTo("00000001-0001-0001-0001-000000000001");
    assertThat(Ids.uuid("nightly")).isNotEqualTo(Ids.uuid("weekly"));
  }
}

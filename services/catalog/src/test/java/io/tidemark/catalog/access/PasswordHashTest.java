package io.tidemark.catalog.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordHashTest {
  private static final byte[] SALT = new byte[16];

  @Test
  void whatIsComparedWithWhereThereIsNoAccountCostsAsMuchAsAnAccount() {
    PasswordHash account = PasswordHash.of("a password", SALT);
    PasswordHash nobody = PasswordHash.unmatchable(SALT);

    assertThat(cost(nobody)).isEqualTo(cost(account));
    assertThat(nobody.matches("a password")).isFalse();
    assertThat(nobody.matches("")).isFalse();
    assertThat(account.matches("a password")).isTrue();
  }

  private static String cost(PasswordHash hash) {
    return hash.toText().split("\\$", -1)[3];
  }
}

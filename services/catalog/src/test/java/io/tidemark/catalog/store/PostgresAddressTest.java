package io.tidemark.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresAddressTest {
  @Test
  void itIsTheSameForBothClients() {
    PostgresAddress address =
        PostgresAddress.of("postgresql://tide:s%40cret@db1:5433/mark?search_path=one,%20two");

    PGSimpleDataSource source = source(address);
    assertThat(address.where()).isEqualTo("db1:5433/mark");
    assertThat(source.getURL()).startsWith("jdbc:postgresql://db1:5433/mark?");
    assertThat(source.getUser()).isEqualTo("tide");
    assertThat(source.getPassword()).isEqualTo("s@cret");
    assertThat(source.getSslMode()).isEqualTo("disable");
    assertThat(source.getOptions()).isEqualTo("-c search_path=one,\\ two");
    assertThat(address.options().getSslOptions()).isNull();
  }

  @Test
  void addressesOfSixteenBytesStandInBrackets() {
    PostgresAddress address = PostgresAddress.of("postgresql://tide:mark@[::1]/mark");

    assertThat(address.options().getHost()).isEqualTo("::1");
    assertThat(address.where()).isEqualTo("[::1]:5432/mark");
    assertThat(source(address).getURL()).startsWith("jdbc:postgresql://[::1]:5432/mark");
  }

  @Test
  void onlyWhoAsksForItIsAnsweredByASureServer() {
    assertThat(trustsAll("require")).isTrue();
    assertThat(trustsAll("require&sslrootcert=/etc/ca.pem")).isFalse();
    assertThat(trustsAll("verify-ca")).isFalse();
    assertThat(trustsAll("verify-full")).isFalse();
    assertThat(source(over("verify-full")).getSslfactory()).endsWith("DefaultJavaSSLFactory");
    assertThat(source(over("verify-full&sslrootcert=/etc/my%20ca.pem")).getSslRootCert())
        .isEqualTo("/etc/my ca.pem");
  }

  @Test
  void whatIsNoAddressIsNotRepeated() {
    assertThatThrownBy(() -> PostgresAddress.of("mysql://root:s3cret@db1/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  private static boolean trustsAll(String mode) {
    return over(mode).options().getSslOptions().isTrustAll();
  }

  private static PostgresAddress over(String mode) {
    return PostgresAddress.of("postgresql://tide:mark@db1/mark?sslmode=" + mode);
  }

  private static PGSimpleDataSource source(PostgresAddress address) {
    return (PGSimpleDataSource) address.dataSource();
  }
}

package dev.holdfast.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "localhost:1,localhost,1",
    "10.0.0.1:5472,10.0.0.1,5472",
    "holdfast_1.example:65535,holdfast_1.example,65535",
    "[::1]:5472,::1,5472",
    "[fe80::1:2]:80,fe80::1:2,80",
    "[::ffff:10.0.0.1]:80,::ffff:10.0.0.1,80"
  })
  void address_is_read_and_written(String text, String host, int port) {
    PeerAddress address = PeerAddress.parse(text);
    assertThat(address).isEqualTo(new PeerAddress(host, port));
    assertThat(address).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        ":1",
        "a:",
        "a:x",
        "a:0",
        "a:65536",
        "a b:1",
        "a@b:1",
        "a!b:1",
        "::1:80",
        "::1",
        "[::1]",
        "[::1:80",
        "[]:80",
        "[a]:80",
        "[::1]x:80",
        "[::g]:80"
      })
  void anything_else_is_refused(String text) {
    assertThatThrownBy(() -> PeerAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

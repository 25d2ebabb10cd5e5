package dev.holdfast.server.door.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestLineTest {
  private final FakeLink link = new FakeLink("10.0.0.1:7");

  @Test
  void a_request_is_counted_when_it_arrives_and_not_after_the_end() {
    RequestLine<String> line = new RequestLine<>(link, (request, done) -> {}, () -> {});
    line.add("is done for ever");
    line.add("waits");
    assertThat(link.requests()).isEqualTo(2);
    line.endInput();
    line.add("is too late");
    assertThat(link.requests()).isEqualTo(2);
  }
}

package dev.holdfast.replication.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final NodeId N2 = new NodeId("n2");

  @Test
  void greeting_is_read_as_it_was_written() throws IOException {
    Greeting greeting = new Greeting("c", N2, new ProcessNumber(-5), "[::1]:5472");
    assertThat(Greeting.decode(greeting.encode(), 0)).isEqualTo(greeting);
    Greeting nameless = new Greeting("c", N2, null, "");
    assertThat(Greeting.decode(nameless.encode(), 0)).isEqualTo(nameless);
  }

  @Test
  void greeting_of_a_release_without_process_numbers_is_read() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("c");
    out.writeUTF("n2");
    assertThat(Greeting.decode(bytes.toByteArray(), 0)).isEqualTo(new Greeting("c", N2, null, ""));
  }

  @Test
  void release_without_process_numbers_finds_its_two_words_first() throws IOException {
    byte[] bytes = new Greeting("c", N2, new ProcessNumber(7), "h:1").encode();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    assertThat(in.readUTF()).isEqualTo("c");
    assertThat(in.readUTF()).isEqualTo("n2");
  }

  @Test
  void process_numbers_differ_and_none_is_0() {
    Random random = new Random(1);
    assertThat(ProcessNumber.draw(random)).isNotEqualTo(ProcessNumber.draw(random));
    assertThatThrownBy(() -> new ProcessNumber(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new ProcessNumber(0xabc)).hasToString("0000000000000abc");
  }
}

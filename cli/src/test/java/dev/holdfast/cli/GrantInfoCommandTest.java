package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** {@code holdfast grant-info} (S4-34): which nodes have a grant, as each of them says itself. */
class GrantInfoCommandTest {
  private final FakeCluster all = new FakeCluster();
  private final FakeCluster second = new FakeCluster();

  private Ran run(Consumer<FakeCluster> secondNode, String... args) {
    all.endpoints = List.of("10.0.0.1:5470", "10.0.0.2:5470", "10.0.0.9:5470");
    second.node = "n2";
    secondNode.accept(second);
    return Ran.of(
        Map.of(), (endpoints, limit) -> endpoints.equals("10.0.0.2:5470") ? second : all, args);
  }

  @Test
  void a_grant_that_a_majority_has_is_well() {
    assertThat(run(node -> {}, "grant-info", "orders/42"))
        .isEqualTo(
            new Ran(
                0,
                """
                TOKEN  MODE  SESSION  NODE  ENDPOINT       STATE        REVISION  LEADER HEARD  PROBLEM
                   57  X          12  n1    10.0.0.1:5470  granted            99          30ms  -
                   57  X          12  n2    10.0.0.2:5470  granted            99          30ms  -
                   57  X          12  -     10.0.0.9:5470  unreachable         -             -  connection refused
                """,
                "token 57 is in the maps of 2 of 3 nodes; a majority is 2\n"));
  }

  @Test
  void a_node_that_is_behind_is_no_witness() {
    Ran ran =
        run(
            node -> {
              node.free = true;
              node.revision = 40;
            },
            "grant-info",
            "orders/42");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).contains("n2    10.0.0.2:5470  behind             40");
    assertThat(run(node -> node.revision = 99, "grant-info", "orders/42").out())
        .contains("n2    10.0.0.2:5470  ended              99");
  }

  @Test
  void a_free_lock_has_no_grants() {
    assertThat(run(node -> {}, "grant-info", "free"))
        .isEqualTo(new Ran(0, "", "no node that answered has a grant of 'free'\n"));
    assertThat(run(node -> {}, "grant-info", "orders/42", "-o", "json").out().replaceAll("\\s", ""))
        .startsWith(
            "{\"lock\":\"orders/42\",\"members\":3,\"latest_token\":57,\"on\":2,\"grants\":[{\"token\":57,\"mode\":\"X\"");
  }
}

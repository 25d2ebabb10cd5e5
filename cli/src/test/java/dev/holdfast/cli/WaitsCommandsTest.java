package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitsCommandsTest {
  private final FakeCluster cluster = new FakeCluster();

  private Ran run(String... args) {
    return Ran.of(cluster, args);
  }

  private static String compact(String json) {
    return json.replaceAll("\\s+", "");
  }

  @Test
  void deadlocks_are_listed_with_their_whole_cycles() {
    assertThat(run("deadlocks"))
        .isEqualTo(
            new Ran(
                0,
                """
                REVISION    AGO  OWNERS  REFUSED
                      80  10.0s       2  host2

                deadlock found at revision 80
                  1  owner main of session 2 (host2) waited 100ms for X on 'a', held as X by number 2 under token 51; this request was refused
                  2  owner main of session 1 (host1) waited 100ms for X on 'b', held as S by number 1 under token 52
                """,
                ""));
  }

  @Test
  void json_has_every_edge_of_a_deadlock() {
    assertThat(compact(run("deadlocks", "-o", "json").out()))
        .contains("\"length\":2")
        .contains("\"session\":2,\"sequence\":3,\"owner\":\"main\",\"label\":\"host2\"")
        .contains("\"held_by_session\":1,\"held_by_owner\":\"main\",\"held_by_label\":\"host1\"")
        .contains("\"held_token\":51,\"victim\":true")
        .contains("\"held_by_session\":2,\"held_by_owner\":\"main\",\"held_by_label\":\"host2\"")
        .contains("\"held_token\":52,\"victim\":false");
  }

  @Test
  void why_prints_one_hop_a_line_down_to_the_root() {
    String expected =
        """
        1  owner job of session 15 (host4 dave "quoted") has waited 4.2s for X on 'orders', held as IX by session 16 under token 57
        2  owner main of session 16 (host5\\u001b[31m) has waited 900ms for 2 permits on 'pool', held as 3 permits by session 17 under token 55
        3  root: owner main of session 17 (host6) waits for nothing
        """;
    assertThat(run("why", "15/2")).isEqualTo(new Ran(0, expected, ""));
    assertThat(run("why", "orders", "--who", "dave").out()).isEqualTo(expected);
    assertThat(run("why", "orders").err()).contains("first of 3 who wait for 'orders'");
    assertThat(compact(run("why", "15/2", "-o", "json").out()))
        .contains("\"end\":\"holder\",\"root\":{\"session\":17,\"owner\":\"main\"");
  }

  @Test
  void why_says_when_nobody_waits_or_the_question_is_none() {
    assertThat(run("why", "free")).isEqualTo(new Ran(0, "", "nobody waits for 'free'\n"));
    assertThat(run("why", "15/3").err())
        .isEqualTo("request 3 of session 15 does not wait (it may have been answered)\n");
    assertThat(run("why", "--lock", "15/2").err()).isEqualTo("nobody waits for '15/2'\n");
    assertThat(run("why").exitCode()).isEqualTo(64);
    assertThat(run("why", "a//b").exitCode()).isEqualTo(64);
    assertThat(run("why", "15/2", "--who", "x").exitCode()).isEqualTo(64);
  }

  @Test
  void waits_lists_the_graph_over_all_pages() {
    assertThat(run("waits").out())
        .isEqualTo(
            """
            SESSION  REQUEST  OWNER  WAITED  LOCK    WANTS      IN THE WAY  AS         BY SESSION  OWNER  TOKEN  LABEL
                 15        2  job      4.2s  orders  X          held        IX                 16  main      57  host5\\u001b[31m
                 16        9  main    900ms  pool    2 permits  held        3 permits          17  main      55  host6
            """);
    assertThat(compact(run("waits", "--json").out()))
        .isEqualTo(compact(run("waits", "-o", "json").out()))
        .contains("\"ticket\":58,\"by_ticket\":null")
        .contains("\"waiting\":2,\"more\":false");
  }

  @Test
  void lint_names_both_orders_and_who_took_them() {
    Ran ran = run("lint");
    assertThat(ran.out())
        .isEqualTo(
            """
            could deadlock: 'a', then 'b' / 'b', then 'a'
              owner main of session 1 (host1) had X on 'a' and asked for 2 permits on 'b', 1.0s ago, 7 times seen
              owner main of session 2 (host2) had X on 'b' and asked for 2 permits on 'a', 1.0s ago, 7 times seen
            """);
    assertThat(ran.err())
        .isEqualTo(
            "node n1 has looked since revision 12, with 1 gap, and knows 2 orders; 5 were forgotten\n");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(compact(run("lint", "-o", "json").out()))
        .contains("\"held_lock\":\"a\",\"held\":\"X\",\"wanted_lock\":\"b\"")
        .contains("\"since_revision\":12,\"gaps\":1,\"orders_known\":2,\"orders_forgotten\":5");
  }

  @Test
  void the_graph_for_graphviz_quotes_whatever_is_foreign() {
    assertThat(run("waits", "--dot").out())
        .isEqualTo(
            """
            digraph waits {
              rankdir=LR;
              node [shape=box];
              "15/job" [label="job of session 15: host4 dave \\"quoted\\""];
              "16/main" [label="main of session 16: host5\\\\u001b[31m"];
              "17/main" [label="main of session 17: host6"];
              "15/job" -> "16/main" [label="X on orders / IX"];
              "16/main" -> "17/main" [label="2 permits on pool / 3 permits"];
            }
            """);
    assertThat(run("waits", "--dot", "--json").exitCode()).isEqualTo(64);
    assertThat(run("waits", "--per-request", "0").exitCode()).isEqualTo(64);
  }
}

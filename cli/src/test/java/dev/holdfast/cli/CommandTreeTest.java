package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTreeTest {
  private final FakeCluster cluster = new FakeCluster();
  private final Map<String, String> environment = new HashMap<>();
  private String connectedTo = "";
  private Duration timeout = Duration.ZERO;

  private Ran run(String... args) {
    return Ran.of(
        environment,
        (endpoints, limit) -> {
          connectedTo = endpoints;
          timeout = limit;
          return cluster;
        },
        args);
  }

  private static String compact(String json) {
    return json.replaceAll("\\s+", "");
  }

  @Test
  void who_shows_the_holder() {
    Ran ran = run("who", "orders/42");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                TOKEN  MODE  SESSION  OWNER   HELD  LEASE LEFT  SESSION LEFT  LABEL
                   57  X          12  main   12.3s           -          9.1s  host1 pid 7 alice App
                """,
                ""));
    assertThat(cluster.closed).isEqualTo(1);
  }

  @Test
  void who_shows_every_holder_of_a_shared_lock_and_no_control_characters() {
    assertThat(run("who", "orders/7").out())
        .isEqualTo(
            """
            TOKEN  MODE  SESSION  OWNER      HELD  LEASE LEFT  SESSION LEFT  LABEL
               60  S          13  worker-1  900ms       29.1s          8.0s  host2 pid 8 bob \\u001b[31mApp
               61  S          14  worker-2  400ms           -          7.0s  host3
            """);
  }

  @Test
  void holders_that_are_not_listed_are_told_of() {
    String told = "the first 2 of 12000 holders are shown; all of them: holdfast dump\n";
    assertThat(run("who", "crowd").err()).isEqualTo(told);
    assertThat(run("check", "crowd"))
        .returns(told, Ran::err)
        .extracting(Ran::out)
        .asString()
        .contains("state     held by 12000\n");
    assertThat(compact(run("who", "crowd", "-o", "json").out()))
        .startsWith("{\"lock\":\"crowd\",\"holder_count\":12000,\"holders\":[{\"token\":60");
    assertThat(run("grant-info", "crowd").err()).contains(told);
  }

  @Test
  void a_free_lock_is_a_message_and_no_data() {
    assertThat(run("who", "free")).isEqualTo(new Ran(0, "", "nobody holds 'free'\n"));
  }

  @Test
  void who_in_json() {
    assertThat(compact(run("who", "orders/42", "--local", "-o", "json").out()))
        .isEqualTo(
            compact(
                """
                {"lock": "orders/42",
                 "holder_count": 1,
                 "holders": [{"token": 57, "mode": "X", "session": 12, "owner": "main", "held_ms": 12300,
                   "lease_left_ms": null, "session_left_ms": 9100, "label": "host1pid7aliceApp",
                   "client_id": "0b7c5f0e-0000-8000-8000-000000000001"}],
                 "reservations": [],
                 "queue_length": 1,
                 "read": {"consistency": "local", "revision": 99, "node": "n1", "leader_heard_ms_ago": 30, "clock_ms": 5000000}}
                """));
  }

  @Test
  void queue_shows_who_is_next() {
    assertThat(run("queue", "orders/42").out())
        .isEqualTo(
            """
            POSITION  MODE  SESSION  OWNER  WAITED  TICKET  LABEL
                   1  X          15  job      4.2s      58  host4 pid 9 dave App
            """);
    assertThat(run("queue", "orders/7")).isEqualTo(new Ran(0, "", "nobody waits for 'orders/7'\n"));
    assertThat(compact(run("queue", "orders/42", "-o", "json").out()))
        .startsWith(
            "{\"lock\":\"orders/42\",\"queue_length\":1,\"queue\":[{\"position\":1,\"mode\":\"X\"");
  }

  @Test
  void check_tells_all_and_how_fresh_it_is() {
    assertThat(run("check", "orders/42", "--local").out())
        .isEqualTo(
            """
            lock      orders/42
            state     held, 1 waiting
            answered  local, by node n1 at revision 99, which heard of a leader 30ms ago

            held by
              TOKEN  MODE  SESSION  OWNER   HELD  LEASE LEFT  SESSION LEFT  LABEL
                 57  X          12  main   12.3s           -          9.1s  host1 pid 7 alice App

            waiting
              POSITION  MODE  SESSION  OWNER  WAITED  TICKET  LABEL
                     1  X          15  job      4.2s      58  host4 pid 9 dave App
            """);
    assertThat(run("check", "free").out())
        .isEqualTo(
            "lock      free\nstate     free\nanswered  linearizable, by node n1 at revision 99\n");
    assertThat(compact(run("check", "free", "-o", "json").out()))
        .startsWith(
            "{\"lock\":\"free\",\"free\":true,\"holder_count\":0,\"holders\":[],\"reservations\":[],\"has_value\":false,"
                + "\"queue_length\":0,\"queue\":[],\"read\":");
  }

  @Test
  void locks_are_listed_over_several_pages() {
    assertThat(run("locks"))
        .isEqualTo(
            new Ran(
                0,
                """
                LOCK       MODE  WAITING  TOKEN   HELD  HOLDER
                orders/42  X           1     57  12.3s  host1 pid 7 alice App
                orders/7   S           0     61  900ms  host2 pid 8 bob \\u001b[31mApp and 1 more
                """,
                ""));
    assertThat(cluster.log)
        .containsExactly("locks after '' limit 1000", "locks after 'orders/42' limit 999");
    assertThat(run("locks", "--limit", "1").err()).contains("there are more");
    assertThat(run("locks", "nothing/"))
        .isEqualTo(new Ran(0, "", "no locks with that prefix are held\n"));
    assertThat(compact(run("locks", "orders/7", "-o", "json").out()))
        .startsWith(
            "{\"locks\":[{\"lock\":\"orders/7\",\"queue_length\":0,\"holder_count\":2,\"holders\":[{\"token\":60")
        .contains("],\"more\":false,\"read\":");
  }

  @Test
  void sessions_are_listed() {
    assertThat(run("sessions").out())
        .isEqualTo(
            """
            SESSION  GRANTS  WAITING  LEFT    TTL  LABEL
                 12       1        0  9.1s  10.0s  host1 pid 7 alice App
                 13       1        2  8.0s  30.0s  host2
            """);
    assertThat(compact(run("sessions", "-o", "json").out()))
        .contains("\"client_id\":\"c-12\"")
        .contains("\"more\":false");
  }

  @Test
  void unlock_releases_by_token_in_the_users_name() {
    Ran ran = run("unlock", "orders/42", "--token", "57");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            released 'orders/42' (token 57)
              was held for 12.3s by owner main of session 12 (host1 pid 7 alice App)
              with it: orders/43
              next: owner job of session 15 (host4 pid 9 dave App) for 'orders/42'
            """);
    assertThat(cluster.log)
        .containsExactly(
            "force-release orders/42 57 by "
                + System.getProperty("user.name")
                + " because 'unlock'");
  }

  @Test
  void a_stale_token_releases_nothing() {
    assertThat(run("unlock", "orders/42", "--token", "56"))
        .isEqualTo(
            new Ran(
                77,
                "",
                """
                holdfast: 'orders/42' is not held under token 56 (STALE_TOKEN); nothing was released
                  next: see who holds it now, under which token: holdfast who 'orders/42'
                """));
  }

  @Test
  void force_release_can_be_tried_first() {
    Ran ran =
        run(
            "force-release",
            "orders/42",
            "--token",
            "57",
            "--dry-run",
            "--reason",
            "stuck",
            "--operator",
            "root");
    assertThat(ran.out()).startsWith("would release 'orders/42' (token 57)\n  held for 12.3s by");
    assertThat(ran.err()).isEqualTo("nothing was changed; to do it: the same without --dry-run\n");
    assertThat(cluster.log)
        .containsExactly("force-release orders/42 57 by root because 'stuck' dry");
    assertThat(compact(run("force-release", "orders/42", "--token", "57", "-o", "json").out()))
        .startsWith(
            "{\"lock\":\"orders/42\",\"token\":57,\"released\":true,\"dry_run\":false,\"victims\":[{\"token\":57")
        .contains("\"locks\":[\"orders/42\",\"orders/43\"],\"next\":[{\"position\":1");
  }

  @Test
  void dump_writes_sorted_lines_and_their_hash() throws Exception {
    Ran ran = run("dump", "--local");
    String lines =
        ran.out()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    assertThat(lines)
        .isEqualTo(
            """
            orders/42	X	57	12	main	4987700	-	0b7c5f0e-0000-8000-8000-000000000001	host1 pid 7 alice App
            orders/7	S	60	13	worker-1	4999100	5029100	0b7c5f0e-0000-8000-8000-000000000002	host2 pid 8 bob \\u001b[31mApp
            orders/7	S	61	14	worker-2	4999600	-	0b7c5f0e-0000-8000-8000-000000000003	host3
            """);
    String sha256 =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(lines.getBytes(StandardCharsets.UTF_8)));
    assertThat(ran.out()).endsWith("# sha256 " + sha256 + "\n");
    assertThat(ran.err())
        .isEqualTo(
            "3 grants; local, by node n1 at revision 99, which heard of a leader 30ms ago\n");
    assertThat(cluster.log).containsExactly("dump 10.0.0.1:5470");
    assertThat(compact(run("dump", "-o", "json").out()))
        .startsWith("{\"sha256\":\"" + sha256 + "\",\"grants\":[{\"lock\":\"orders/42\"");
  }

  @Test
  void status_is_a_few_lines() {
    assertThat(run("status"))
        .isEqualTo(
            new Ran(
                0,
                """
                leader    n1 at 10.0.0.1:5470, term 3
                nodes     2 of 3 heard of in the last 3s
                revision  99, state 3f2a9c0d1122
                sessions  4
                locks     2 held or waited for, 1 requests waiting
                answered  by node n1 (0.1.0)

                NODE  DOOR  ADDRESS        OPEN  CONNECTIONS  REQUESTS
                n1    grpc  10.0.0.1:5470     2            7      1234
                n2    grpc  10.0.0.2:5470     2            7      1234
                """,
                ""));
    assertThat(compact(run("status", "-o", "json").out()))
        .contains("\"leader\":\"n1\"")
        .contains(
            "\"state_hash\":\"3f2a9c0d11223344556677889900aabbccddeeff00112233445566778899aabb\"")
        .contains("\"members\":[{\"node\":\"n1\",\"role\":\"leader\"")
        .contains(
            "\"doors\":[{\"node\":\"n1\",\"door\":\"grpc\",\"address\":\"10.0.0.1:5470\","
                + "\"connections_open\":2,\"connections\":7,\"requests\":1234}");
  }

  @Test
  void info_tells_what_a_node_is_and_its_limits() {
    assertThat(run("info"))
        .isEqualTo(
            new Ran(
                0,
                """
                node      n1 of cluster orders
                version   0.1.0
                endpoint  10.0.0.1:5470

                NODE  DOOR  ADDRESS        OPEN  CONNECTIONS  REQUESTS
                n1    grpc  10.0.0.1:5470     2            7      1234

                LIMIT                     VALUE  SET BY
                limits.ttl-max           10m00s  configuration
                limits.sessions-max       20000  configuration
                value-bytes-max      4096 bytes  nobody
                """,
                ""));
    assertThat(compact(run("info", "-o", "json").out()))
        .startsWith("{\"node\":\"n1\",\"cluster\":\"orders\",\"version\":\"0.1.0\"")
        .contains(
            "\"limits\":[{\"limit\":\"limits.ttl-max\",\"value\":600000,\"unit\":\"ms\",\"fixed\":false}")
        .contains(
            "{\"limit\":\"value-bytes-max\",\"value\":4096,\"unit\":\"bytes\",\"fixed\":true}");
  }

  @Test
  void a_cluster_without_a_leader_is_told_by_the_exit_code() {
    cluster.leader = "";
    Ran ran = run("status");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).startsWith("leader    none\n");
    assertThat(ran.err()).contains("there is no leader");
    assertThat(run("cluster", "status").exitCode()).isEqualTo(1);
  }

  @Test
  void a_cluster_that_does_not_answer_is_69() {
    cluster.unreachable = true;
    cluster.endpoints = java.util.List.of("10.0.0.1:5470", "10.0.0.2:5470");
    assertThat(run("status"))
        .isEqualTo(
            new Ran(
                69,
                "",
                """
                holdfast: no answer from 10.0.0.1:5470 (and none of the 1 others): connection refused
                  next: is a node running there? start one: holdfast server; or name others: --endpoints HOST:PORT,...
                """));
    assertThat(run("cluster", "status").exitCode()).isEqualTo(69);
    assertThat(run("cluster", "members").exitCode()).isEqualTo(69);
  }

  @Test
  void cluster_status_asks_the_nodes_that_nodes_name_too() {
    cluster.endpoints = java.util.List.of("10.0.0.1:5470", "10.0.0.9:5470");
    assertThat(run("cluster", "status"))
        .isEqualTo(
            new Ran(
                0,
                """
                ENDPOINT       NODE  ROLE         TERM  REVISION  STATE         SESSIONS  LOCKS  WAITING  LEADER HEARD  VERSION
                10.0.0.1:5470  n1    leader          3        99  3f2a9c0d1122         4      2        1          30ms  0.1.0
                10.0.0.9:5470  -     unreachable     -         -  -                    -      -        -             -  -
                10.0.0.2:5470  n2    follower        3        99  3f2a9c0d1122         4      2        1          30ms  0.1.0
                """,
                "10.0.0.9:5470 did not answer: connection refused\n"));
    assertThat(compact(run("cluster", "status", "-o", "json").out()))
        .contains(
            "{\"endpoint\":\"10.0.0.9:5470\",\"node\":\"\",\"role\":\"unreachable\",\"term\":null")
        .contains("\"problem\":\"connectionrefused\"");
  }

  @Test
  void members_are_listed_and_changed() {
    String table =
        """
        NODE  ROLE      PEER ADDRESS   CLIENT ENDPOINT  REVISION  HEARD AGO  INCARNATION
        n1    leader    10.0.0.1:5472  10.0.0.1:5470          99        0ms            0
        n2    follower  10.0.0.2:5472  10.0.0.2:5470          98       40ms            1
        n3    follower  10.0.0.3:5472  -                       -          -            0
        """;
    assertThat(run("cluster", "members").out()).isEqualTo(table);
    assertThat(run("cluster", "add", "n3", "10.0.0.3:5472").out()).isEqualTo(table);
    assertThat(run("cluster", "replace", "n3").out()).isEqualTo(table);
    assertThat(run("cluster", "remove", "n3").exitCode()).isZero();
    assertThat(run("cluster", "transfer").out()).isEqualTo("the leader is n2, term 3\n");
    assertThat(run("cluster", "transfer", "n2").exitCode()).isZero();
    assertThat(run("cluster", "snapshot").out())
        .isEqualTo("ENDPOINT       LOG INDEX  BYTES\n10.0.0.1:5470        118   4096\n");
    assertThat(cluster.log)
        .containsExactly(
            "add n3 10.0.0.3:5472",
            "replace n3",
            "remove n3",
            "transfer ''",
            "transfer 'n2'",
            "snapshot 10.0.0.1:5470");
    assertThat(compact(run("cluster", "members", "-o", "json").out()))
        .startsWith("[{\"node\":\"n1\",\"role\":\"leader\"");
    assertThat(compact(run("cluster", "transfer", "-o", "json").out()))
        .isEqualTo("{\"leader\":\"n2\",\"term\":3}");
    assertThat(compact(run("cluster", "snapshot", "-o", "json").out()))
        .isEqualTo("[{\"endpoint\":\"10.0.0.1:5470\",\"log_index\":118,\"bytes\":4096}]");
  }

  @Test
  void endpoints_come_from_the_option_else_the_environment_else_the_default() {
    run("sessions");
    assertThat(connectedTo).isEqualTo("127.0.0.1:5470");
    assertThat(timeout).isEqualTo(Duration.ofSeconds(5));
    environment.put("HOLDFAST_ENDPOINTS", "a:1,b:2");
    run("sessions", "--timeout", "300ms");
    assertThat(connectedTo).isEqualTo("a:1,b:2");
    assertThat(timeout).isEqualTo(Duration.ofMillis(300));
    run("--endpoints", "c:3", "sessions");
    assertThat(connectedTo).isEqualTo("c:3");
    run("cluster", "members", "--endpoints", "d,[::1]:4");
    assertThat(connectedTo).isEqualTo("d,[::1]:4");
  }

  @Test
  void a_wrong_environment_is_78_and_a_wrong_option_64() {
    environment.put("HOLDFAST_ENDPOINTS", "a:1, b:2");
    assertThat(run("sessions"))
        .isEqualTo(
            new Ran(
                78,
                "",
                """
                holdfast: ' b:2' in HOLDFAST_ENDPOINTS is no endpoint
                  next: write host:port, several apart by commas and without blanks: HOLDFAST_ENDPOINTS=10.0.0.1:5470,10.0.0.2:5470
                """));
    for (String wrong :
        new String[] {"a:0", "a:70000", "a:b", ":1", "a:1,", ",", "a b", "http://a:1"}) {
      assertThat(run("sessions", "--endpoints", wrong).exitCode()).as(wrong).isEqualTo(64);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          lokcs                              | there is no command 'lokcs'       | 'locks'
          cluster stauts                     | there is no command 'stauts'      | did you mean 'status'
          who x --tieout 3s                  | there is no option '--tieout'     | did you mean '--timeout'
          who                                | missing required parameter        | holdfast who --help
          who a b                            | 'b' is one word too many          | holdfast who --help
          who a//b                           | empty segment                     | holdfast who --help
          who x -o xml                       | expected one of                   | holdfast who --help
          who x --timeout 3                  | '3' is no duration                | holdfast who --help
          unlock x                           | '--token=N'                       | holdfast unlock --help
          unlock x --token none              | 'none' is no whole number         | holdfast unlock --help
          who x --timeout 0                  | --timeout is 10ms to 1d           | leave it out
          who x --timeout 100d               | --timeout is 10ms to 1d           | leave it out
          lock x --ttl 1ms -- true           | --ttl is 1s to 10m                | leave it out
          elect x --ttl 2d -- true           | --ttl is 1s to 10m                | leave it out
          lock x --semaphore 3/2 -- true     | '3/2' in --semaphore is not       | --semaphore 1/5
          history x --from 5 --to 3          | --from is after --to              | holdfast history --help
          unlock x --token 0                 | --token must be 1 or more         | holdfast who NAME
          queue x --limit 0                  | --limit must be 1 or more         | leave it out
          lock x                             | there is no command to run        | holdfast lock x -- COMMAND
          lock x --try --wait 3s -- true     | contradict each other             | leave one of them out
          lock x --wait -3s -- true          | no duration                       | holdfast lock --help
          verify                             | missing required parameter        | holdfast verify --help
          bench W3                           | expected one of                   | holdfast bench --help
          bench --tls-trust no/file          | no/file cannot be used            | PEM files
          bench --workers 0                  | workers must be 1                 | holdfast bench --help
          demo nothing                       | there is no demo 'nothing'        | there are: ledger, basic
          -o json server --config a.yaml     | must be the first word            | write: holdfast server --config a.yaml
          help nothing                       | there is no command 'nothing'     | holdfast --help
          cluster                            | missing required subcommand       | holdfast cluster --help
          """)
  void a_wrong_command_line_is_64_with_what_to_do_next(String line, String message, String next) {
    Ran ran = run(line.strip().split(" +"));
    assertThat(ran.exitCode()).isEqualTo(64);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines().toList()).hasSizeBetween(2, 3);
    assertThat(ran.err())
        .startsWith("holdfast: ")
        .contains(message.strip())
        .contains("  next: ")
        .contains(next.strip());
  }

  @Test
  void no_command_at_all_shows_the_list() {
    Ran ran = run();
    assertThat(ran.exitCode()).isEqualTo(64);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Usage: holdfast").contains("holdfast demo");
  }

  @Test
  void an_unexpected_error_is_a_bug_without_a_stack_trace_unless_asked_for() {
    cluster.failure = new IllegalStateException("boom");
    Ran ran = run("who", "x");
    assertThat(ran.exitCode()).isEqualTo(70);
    assertThat(ran.err()).contains("boom").contains("this is a bug").doesNotContain("\tat ");
    assertThat(run("who", "x", "--debug").err()).contains("\tat ");
  }

  @Test
  void a_node_that_cannot_be_reached_is_69() {
    try (HoldfastAdmin nobody = HoldfastAdmin.connect("127.0.0.1:9", Duration.ofMillis(200))) {
      nobody.status("127.0.0.1:9");
    } catch (UnavailableException real) {
      cluster.failure = real;
    }
    Ran ran = run("who", "x");
    assertThat(ran.exitCode()).isEqualTo(69);
    assertThat(ran.err()).startsWith("holdfast: ").contains("next: is a node running there?");
    assertThat(ran.err().lines()).hasSize(2);
  }

  @Test
  void version_and_completion() {
    assertThat(run("version").out()).startsWith("holdfast ").contains("Java");
    assertThat(run("--version").out()).startsWith("holdfast ");
    assertThat(compact(run("version", "-o", "json").out())).startsWith("{\"version\":");
    Ran completion = run("completion");
    assertThat(completion.exitCode()).isZero();
    assertThat(completion.out())
        .contains("complete -F _complete_holdfast", "force-release")
        .doesNotContain("paused");
  }
}

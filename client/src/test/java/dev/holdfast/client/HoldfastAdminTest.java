package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.client.fake.OperatorNode;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.v1.AddMemberRequest;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.ListLocksRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators ask and do, over real sockets. */
class HoldfastAdminTest {
  private static final FencingToken TOKEN = new FencingToken(42);

  private final OperatorNode a = new OperatorNode("a");
  private final OperatorNode b = new OperatorNode("b");
  private final HoldfastAdmin admin =
      HoldfastAdmin.connect(a.endpoint() + "," + b.endpoint(), Duration.ofSeconds(5));

  @AfterEach
  void closeAll() {
    admin.close();
    a.close();
    b.close();
  }

  private static HoldfastAdmin hasty(String endpoints) {
    return HoldfastAdmin.connect(endpoints, Duration.ofMillis(400));
  }

  /** Below the ports that a system gives to anybody, so that nobody listens there by accident. */
  private static String closedEndpoint() {
    return "127.0.0.1:1";
  }

  @Test
  void check_tells_holders_queue_and_how_it_was_answered() {
    a.hold("x", 42);
    LockCheck check = admin.check("x", Consistency.LINEARIZABLE, 10);
    assertThat(check.isFree()).isFalse();
    assertThat(check.holders())
        .containsExactly(
            new LockHolder(
                "x", 3, "thread-1", 42, Mode.X, "somewhere", "client-id", 5_000, -1, 9_000));
    assertThat(check.queue())
        .containsExactly(new LockWaiter("x", 4, "thread-2", "", Mode.S, 70, 250, 1));
    assertThat(check.queueLength()).isEqualTo(12);
    assertThat(check.info().nodeId()).isEqualTo("a");
    assertThat(admin.check("free", Consistency.LOCAL, 0).isFree()).isTrue();
  }

  @Test
  void reads_never_go_backwards_from_one_to_the_next() {
    admin.check("x", Consistency.LINEARIZABLE, 0);
    admin.check("x", Consistency.LOCAL, 0);
    assertThat(a.asked(CheckRequest.class))
        .extracting(CheckRequest::getRevisionMin)
        .containsExactly(0L, 77L);
  }

  @Test
  void clients_reads_are_not_older_than_what_its_session_has_seen() throws Exception {
    try (LiveCluster cluster = new LiveCluster();
        Holdfast holdfast =
            Holdfast.builder().endpoints(a.endpoint()).network(cluster.network()).connect()) {
      PreemptResult granted = holdfast.preempt("x");
      long token = granted.grant().orElseThrow().token().value();
      holdfast.check("x");
      assertThat(a.asked(CheckRequest.class).get(0).getRevisionMin()).isGreaterThanOrEqualTo(token);
    }
  }

  @Test
  void lists_come_page_by_page_until_the_end() {
    for (String lock : List.of("a/1", "a/2", "a/3", "b/1")) {
      a.hold(lock, 1);
    }
    LockPage page = admin.locks("a/", "", 10, Consistency.LOCAL);
    assertThat(page.more()).isTrue();
    assertThat(page.locks()).extracting(LockSummary::lock).containsExactly("a/1", "a/2");
    assertThat(admin.allLocks("a/", Consistency.LOCAL))
        .extracting(LockSummary::lock)
        .containsExactly("a/1", "a/2", "a/3");
    assertThat(a.asked(ListLocksRequest.class))
        .extracting(ListLocksRequest::getAfter)
        .containsExactly("", "", "a/2");
    assertThat(admin.allSessions(Consistency.LINEARIZABLE))
        .extracting(SessionSummary::sessionId)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void token_is_verified_with_its_lock() {
    a.hold("x", 42);
    assertThat(admin.verify("x", TOKEN, Consistency.LINEARIZABLE).current()).isTrue();
    assertThat(admin.verify("x", new FencingToken(41), Consistency.LOCAL).current()).isFalse();
    assertThat(admin.verify("y", TOKEN, Consistency.LOCAL).current()).isFalse();
  }

  @Test
  void dry_run_of_a_forced_release_tells_and_changes_nothing() {
    a.hold("x", 42);
    ForceReleaseResult would = admin.forceRelease("x", TOKEN, "ada", "stuck", true);
    assertThat(would.released()).isFalse();
    assertThat(would.refusal()).isNull();
    assertThat(requireNonNull(would.victim()).label()).isEqualTo("somewhere");
    assertThat(would.locks()).containsExactly("x");
    assertThat(would.next()).extracting(LockWaiter::owner).containsExactly("thread-2");
    assertThat(a.isHeld("x")).isTrue();
    assertThat(admin.forceRelease("x", TOKEN, "ada", "stuck", false).released()).isTrue();
    assertThat(a.isHeld("x")).isFalse();
  }

  @Test
  void forced_release_of_a_stale_token_hits_nobody_and_says_what_to_do() {
    a.hold("x", 43);
    ForceReleaseResult refused = admin.forceRelease("x", TOKEN, "ada", "stuck", false);
    assertThat(refused.released()).isFalse();
    assertThat(refused.victim()).isNull();
    Refusal refusal = requireNonNull(refused.refusal());
    assertThat(refusal.reason()).isEqualTo(RefusalReason.STALE_TOKEN);
    assertThat(refusal.message()).contains("look again");
    assertThat(a.isHeld("x")).isTrue();
  }

  @Test
  void repeated_forced_release_is_the_same_operation() {
    b.hold("x", 42);
    a.failNext(Status.UNAVAILABLE.withDescription("NO_LEADER: none at present"));
    assertThat(admin.forceRelease("x", TOKEN, "ada", "stuck", false).released()).isTrue();
    List<ForceReleaseRequest> sent =
        Stream.of(a, b).flatMap(node -> node.asked(ForceReleaseRequest.class).stream()).toList();
    assertThat(sent).hasSize(2).extracting(ForceReleaseRequest::getOperationId).hasSize(2);
    assertThat(sent.get(0)).isEqualTo(sent.get(1));
    assertThat(sent.get(0).getOperationId().size()).isEqualTo(16);
  }

  @Test
  void what_only_the_leader_can_serve_follows_the_hint_to_it() {
    OperatorNode hidden = b;
    try (HoldfastAdmin onlyA = hasty(a.endpoint())) {
      a.pointTo(hidden.endpoint());
      assertThat(onlyA.addMember("c", "127.0.0.1:1")).extracting(MemberInfo::nodeId).contains("c");
      assertThat(hidden.asked(AddMemberRequest.class)).hasSize(1);
      hidden.pointTo(a.endpoint()); // each says that the other one leads
      assertThatThrownBy(() -> onlyA.addMember("c", "127.0.0.1:1"))
          .isInstanceOf(LockRefusedException.class)
          .hasMessageContaining("ask the leader");
    }
  }

  @Test
  void statuses_tell_of_every_endpoint_and_throw_nothing() throws Exception {
    String closed = closedEndpoint();
    try (HoldfastAdmin both = hasty(a.endpoint() + "," + closed)) {
      List<EndpointStatus> statuses = both.statuses();
      assertThat(statuses).extracting(EndpointStatus::endpoint).isEqualTo(both.endpoints());
      NodeStatus status = statuses.get(0).status().orElseThrow();
      assertThat(status.nodeId()).isEqualTo("a");
      assertThat(status.stateHash()).isEqualTo("01fe");
      assertThat(statuses.get(1).problem().orElseThrow()).contains("Connection refused");
      assertThat(both.status(b.endpoint()).nodeId()).isEqualTo("b");
      assertThatThrownBy(() -> both.status(closed))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(closed)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void node_that_is_behind_is_passed_over() {
    a.failAlways(Status.FAILED_PRECONDITION.withDescription("BEHIND: ask another node"));
    assertThat(admin.check("x", Consistency.LOCAL, 0).info().nodeId()).isEqualTo("b");
    b.failAlways(Status.FAILED_PRECONDITION.withDescription("BEHIND: ask another node"));
    try (HoldfastAdmin hasty = hasty(a.endpoint() + "," + b.endpoint())) {
      assertThatThrownBy(() -> hasty.check("x", Consistency.LOCAL, 0))
          .isInstanceOfSatisfying(
              LockRefusedException.class,
              refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.BEHIND))
          .hasMessageContaining("ask another node");
    }
  }

  @Test
  void what_a_node_says_is_wrong_is_passed_on_with_its_words() {
    a.failNext(Status.INVALID_ARGUMENT.withDescription("limit must be 1 to 1,000"));
    assertThatThrownBy(() -> admin.locks("", "", 1, Consistency.LOCAL))
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.INVALID_REQUEST))
        .hasMessageContaining("limit must be")
        .hasMessageContaining(a.endpoint());
    a.failAlways(Status.RESOURCE_EXHAUSTED.withDescription("OVERLOADED: later"));
    try (HoldfastAdmin hasty = hasty(a.endpoint())) {
      assertThatThrownBy(() -> hasty.check("x", Consistency.LOCAL, 0))
          .isInstanceOf(OverloadedException.class)
          .hasMessageContaining("later");
    }
  }

  @Test
  void question_without_an_answer_is_unavailable_and_a_command_is_unknown() {
    a.mute();
    try (HoldfastAdmin hasty = hasty(a.endpoint())) {
      assertThatThrownBy(() -> hasty.check("x", Consistency.LINEARIZABLE, 0))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(a.endpoint());
      assertThatThrownBy(() -> hasty.addMember("c", "127.0.0.1:1"))
          .isInstanceOf(OutcomeUnknownException.class)
          .hasMessageContaining("look before you repeat it");
      assertThat(a.asked(AddMemberRequest.class)).as("a command is not repeated").hasSize(1);
    }
  }

  @Test
  void command_that_may_have_been_done_stays_unknown_if_nobody_answers_it_again() {
    a.failNext(Status.UNAVAILABLE.withDescription("the node went down"));
    for (int i = 0; i < 100; i++) {
      a.failNext(Status.UNAVAILABLE.withDescription("NO_LEADER: none at present"));
    }
    try (HoldfastAdmin hasty = hasty(a.endpoint())) {
      assertThatThrownBy(() -> hasty.forceRelease("x", TOKEN, "ada", "stuck", false))
          .isInstanceOf(OutcomeUnknownException.class)
          .hasMessageContaining("NO_LEADER");
    }
    assertThat(a.asked(ForceReleaseRequest.class)).hasSizeGreaterThan(1);
  }

  /** Has nothing to hear. */
  private static final class Nobody implements WatchListener {
    @Override
    public void happened(LockEvent event) {}

    @Override
    public void resync(long revision) {}
  }

  @Test
  void nothing_can_be_asked_or_watched_once_it_is_closed() {
    admin.close();
    assertThatThrownBy(() -> admin.check("x", Consistency.LOCAL, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> admin.watch(WatchTarget.lock("x"), 0, new Nobody()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> admin.observe("x", leader -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void command_that_certainly_did_not_arrive_is_tried_elsewhere() throws Exception {
    String closed = closedEndpoint();
    try (HoldfastAdmin both = hasty(closed + "," + a.endpoint());
        HoldfastAdmin alone = hasty(closed)) {
      assertThat(both.addMember("c", "127.0.0.1:1")).hasSize(1);
      assertThatThrownBy(() -> alone.addMember("c", "127.0.0.1:1"))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void interrupt_ends_a_question_as_unavailable_and_a_command_as_unknown() throws Exception {
    a.mute();
    b.mute();
    for (boolean command : new boolean[] {false, true}) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  if (command) {
                    admin.addMember("c", "127.0.0.1:1");
                  } else {
                    admin.check("x", Consistency.LOCAL, 0);
                  }
                } catch (HoldfastException expected) {
                  thrown.complete(expected);
                  flag.complete(Thread.currentThread().isInterrupted());
                }
              });
      thread.start();
      Class<?> question = command ? AddMemberRequest.class : CheckRequest.class;
      await().until(() -> !a.asked(question).isEmpty());
      thread.interrupt();
      assertThat(thrown.get(5, TimeUnit.SECONDS))
          .isInstanceOf(command ? OutcomeUnknownException.class : UnavailableException.class);
      assertThat(flag.get()).isTrue();
    }
  }

  @Test
  void dump_comes_in_parts_and_fails_with_the_nodes_words() {
    a.hold("x", 1);
    a.hold("y", 2);
    List<String> locks = new ArrayList<>();
    admin.dump(
        a.endpoint(),
        Consistency.LOCAL,
        part -> part.holders().forEach(holder -> locks.add(holder.lock())));
    assertThat(locks).containsExactly("x", "y");
    a.failNext(Status.UNAVAILABLE.withDescription("NO_LEADER: try --local"));
    assertThatThrownBy(() -> admin.dump(a.endpoint(), Consistency.LINEARIZABLE, part -> {}))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("--local");
  }

  @Test
  void wrong_arguments_are_refused_before_anything_is_sent() {
    assertThatThrownBy(() -> admin.check("a//b", Consistency.LOCAL, 0))
        .isInstanceOf(IllegalArgumentException.class);
    for (int limit : new int[] {0, 1_001}) {
      assertThatThrownBy(() -> admin.locks("", "", limit, Consistency.LOCAL))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 1000");
    }
    assertThatThrownBy(() -> HoldfastAdmin.connect("x", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HoldfastAdmin.connect(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> admin.check("x", Consistency.LOCAL, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(a.asked(Object.class)).isEmpty();
  }

  @Test
  void closed_admin_says_so() {
    admin.check("x", Consistency.LOCAL, 0);
    admin.close();
    assertThatThrownBy(() -> admin.check("x", Consistency.LOCAL, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    admin.close();
  }
}

package dev.holdfast.replication.founding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.disk.FoundingRecord;
import dev.holdfast.replication.disk.FoundingRecord.FoundingMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoundingDecisionTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final List<Member> MEMBERS =
      List.of(Member.initial(N1, "a:1"), Member.initial(N2, "b:2"), Member.initial(N3, "c:3"));

  private final Map<NodeId, RollAnswer> answers = new HashMap<>();

  @Test
  void founder_begins_when_all_others_are_new() {
    isNew(N2, "disk2");
    isNew(N3, "disk3");
    assertThat(decide(N1, "disk1", null))
        .isEqualTo(new FoundingDecision.Begin(founding("disk1", "disk2", "disk3")));
  }

  @Test
  void founder_waits_for_the_last_one_since_that_may_hold_the_only_copy() {
    isNew(N2, "disk2");
    assertThat(decide(N1, "disk1", null)).isInstanceOf(FoundingDecision.Wait.class);
  }

  @Test
  void nobody_but_the_founder_begins() {
    isNew(N1, "disk1");
    isNew(N3, "disk3");
    assertThat(decide(N2, "disk2", "disk1")).isInstanceOf(FoundingDecision.Wait.class);
  }

  @Test
  void others_follow_the_founder() {
    votes(N1, "disk1", founding("disk1", "disk2", "disk3"));
    assertThat(decide(N2, "disk2", "disk1"))
        .isEqualTo(new FoundingDecision.Begin(founding("disk1", "disk2", "disk3")));
  }

  @Test
  void node_whose_disk_was_not_counted_waits_to_join() {
    votes(N1, "disk1", founding("disk1", "disk2", "disk3"));
    assertThat(decide(N2, "another disk", null)).isInstanceOf(FoundingDecision.Join.class);
  }

  @Test
  void founder_that_lost_its_disk_waits_to_join() {
    votes(N3, "disk3", founding("disk1", "disk2", "disk3"));
    isNew(N2, "disk2");
    assertThat(decide(N1, "another disk", null)).isInstanceOf(FoundingDecision.Join.class);
  }

  @Test
  void founding_of_a_founder_that_asked_anew_since_is_not_followed() {
    votes(N3, "disk3", founding("disk1", "disk2", "disk3"));
    assertThat(decide(N2, "disk2", "the founder's new disk"))
        .isInstanceOf(FoundingDecision.Wait.class);
  }

  @Test
  void different_configurations_found_nothing() {
    isNew(N2, "disk2");
    answers.put(N3, new RollAnswer("n3", "disk3", false, false, null));
    assertThat(decide(N1, "disk1", null)).isInstanceOf(FoundingDecision.Wait.class);
  }

  @Test
  void node_started_to_join_joins() {
    assertThat(FoundingDecision.decide(N1, "disk1", List.of(), answers, null))
        .isInstanceOf(FoundingDecision.Join.class);
  }

  private FoundingDecision decide(NodeId self, String disk, @Nullable String promised) {
    return FoundingDecision.decide(self, disk, MEMBERS, answers, promised);
  }

  private void isNew(NodeId node, String disk) {
    answers.put(node, new RollAnswer(node.value(), disk, false, true, null));
  }

  private void votes(NodeId node, String disk, FoundingRecord founding) {
    answers.put(node, new RollAnswer(node.value(), disk, true, true, founding));
  }

  private static FoundingRecord founding(String disk1, String disk2, String disk3) {
    return new FoundingRecord(
        disk1,
        List.of(
            new FoundingMember("n1", "a:1", disk1),
            new FoundingMember("n2", "b:2", disk2),
            new FoundingMember("n3", "c:3", disk3)));
  }
}

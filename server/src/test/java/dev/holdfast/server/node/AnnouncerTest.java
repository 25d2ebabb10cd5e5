package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.peer.v1.Announcement;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");

  private final List<NodeId> sentTo = new ArrayList<>();
  private final Announcer announcer =
      new Announcer(N1, (to, _) -> sentTo.add(to), Map.of(N2, "two:1", N3, "three:1"), 0);

  private void members(NodeId... ids) {
    List<Member> members = new ArrayList<>();
    for (NodeId id : ids) {
      members.add(Member.initial(id, "host-" + id + ":1"));
    }
    announcer.onMembers(members);
  }

  @Test
  void every_member_but_this_node_is_told_once_a_second() {
    members(N1, N2, N3);
    assertThat(announcer.isDue(0)).isTrue();
    announcer.announce(Announcement.getDefaultInstance(), 0);
    assertThat(sentTo).containsExactly(N2, N3);
    assertThat(announcer.isDue(999_999_999)).isFalse();
    assertThat(announcer.nanosUntilDue(999_999_999)).isEqualTo(1);
    assertThat(announcer.isDue(1_000_000_000)).isTrue();
  }

  @Test
  void what_a_node_announces_goes_before_what_is_configured() {
    members(N1, N2, N3);
    assertThat(announcer.otherEndpoints(null)).containsExactly("two:1", "three:1");
    announcer.onAnnouncement(N2, Announcement.newBuilder().setClientEndpoint("other:2").build(), 5);
    assertThat(announcer.otherEndpoints(N3)).containsExactly("three:1", "other:2");
    assertThat(announcer.endpointOf(N2)).isEqualTo("other:2");
  }

  @Test
  void nodes_that_are_no_members_are_not_named() {
    members(N1, N3);
    assertThat(announcer.otherEndpoints(null)).containsExactly("three:1");
    assertThat(announcer.otherEndpoints(N1)).containsExactly("three:1");
  }
}

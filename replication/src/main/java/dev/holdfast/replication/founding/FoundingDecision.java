package dev.holdfast.replication.founding;

import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.disk.FoundingRecord;
import dev.holdfast.replication.disk.FoundingRecord.FoundingMember;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node with an empty disk may do, given what the other initial members answered. */
sealed interface FoundingDecision {
  /** Nothing yet; ask again. */
  record Wait(String reason) implements FoundingDecision {}

  /** Become a voter of the first incarnation, as this record says. */
  record Begin(FoundingRecord founding) implements FoundingDecision {}

  /** The cluster exists, and this disk was not counted when it began: wait to be added. */
  record Join(String reason) implements FoundingDecision {}

  /**
   * Decides.
   *
   * @param initialMembers as configured, this node included; empty if it is to join
   * @param disk the name of this node's disk
   * @param answers by node; those that have not answered lately are missing
   * @param promisedDisk the disk of the founder to which this node has last said that it is new, or
   *     null
   */
  static FoundingDecision decide(
      NodeId self,
      String disk,
      List<Member> initialMembers,
      Map<NodeId, RollAnswer> answers,
      @Nullable String promisedDisk) {
    if (initialMembers.isEmpty()) {
      return new Join("started to join an existing cluster");
    }
    List<RollAnswer> voters = answers.values().stream().filter(RollAnswer::voter).toList();
    if (!voters.isEmpty()) {
      return follow(self, disk, voters, promisedDisk);
    }
    for (Member member : initialMembers) {
      RollAnswer answer = answers.get(member.id());
      if (member.id().equals(self)) {
        continue;
      }
      if (answer == null) {
        return new Wait("no answer yet from " + member.id() + " at " + member.peerAddress());
      }
      if (!answer.sameMembers()) {
        return new Wait(member.id() + " is configured with other initial members");
      }
    }
    NodeId founder =
        initialMembers.stream().map(Member::id).min(Comparator.naturalOrder()).orElseThrow();
    if (!founder.equals(self)) {
      return new Wait(founder + " is about to found the cluster");
    }
    return new Begin(found(disk, initialMembers, answers));
  }

  private static FoundingDecision follow(
      NodeId self, String disk, Collection<RollAnswer> voters, @Nullable String promisedDisk) {
    FoundingRecord agreed = null;
    for (RollAnswer voter : voters) {
      FoundingRecord founding = voter.founding();
      if (founding == null || !founding.diskOf(self).equals(Optional.of(disk))) {
        return new Join("the cluster exists, and was not founded with this disk");
      }
      if (promisedDisk != null && !founding.founderDisk().equals(promisedDisk)) {
        return new Wait("the founder has lost its disk and asks anew");
      }
      agreed = founding;
    }
    return agreed == null ? new Wait("nobody has begun") : new Begin(agreed);
  }

  private static FoundingRecord found(
      String disk, List<Member> initialMembers, Map<NodeId, RollAnswer> answers) {
    List<FoundingMember> members = new ArrayList<>();
    for (Member member : initialMembers) {
      RollAnswer answer = answers.get(member.id());
      String memberDisk = answer == null ? disk : answer.disk();
      members.add(new FoundingMember(member.id().value(), member.peerAddress(), memberDisk));
    }
    return new FoundingRecord(disk, members);
  }
}

package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.LockEvent.Cause;
import dev.holdfast.client.LockEvent.End;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ElectionStateTest {
  private final ElectionState state = new ElectionState("e");

  private static LockEvent granted(long token, Mode mode, Cause cause, long replaced) {
    return new LockEvent.Granted(token, 0, 7, "o", parts(mode), token, 0, 0, cause, replaced);
  }

  private static LockEvent granted(long token) {
    return granted(token, Mode.X, Cause.REQUESTED, 0);
  }

  private static List<LockEvent.Part> parts(Mode mode) {
    return List.of(new LockEvent.Part("d", Mode.X, 0, 0), new LockEvent.Part("e", mode, 0, 0));
  }

  private static LockEvent released(long revision, long token, End end) {
    return new LockEvent.Released(revision, 0, token, 7, parts(Mode.X), end, "", "", 0);
  }

  private static LockEvent value(long revision, @Nullable String value, boolean valid, long token) {
    ByteBuffer bytes =
        value == null ? null : ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
    return new LockEvent.ValueChanged(revision, 0, "e", bytes, valid, token);
  }

  /** What is told, or a dash if nothing is. */
  private String told(LockEvent event) {
    return state.happened(event) ? words() : "-";
  }

  private String words() {
    return state
        .leader()
        .map(leader -> leader.token() + leader.text().map(text -> " " + text).orElse(""))
        .orElse("nobody");
  }

  @Test
  void leaders_and_proclamations_are_told_once() {
    assertThat(told(granted(5))).isEqualTo("5");
    assertThat(told(value(6, "here", true, 5))).isEqualTo("5 here");
    assertThat(told(value(7, "here", true, 5))).isEqualTo("-");
    assertThat(told(value(8, "there", true, 5))).isEqualTo("5 there");
    assertThat(told(value(9, null, false, 5))).isEqualTo("5");
    assertThat(told(released(10, 5, End.RELEASED))).isEqualTo("nobody");
    assertThat(told(granted(11))).isEqualTo("11");
  }

  @Test
  void what_an_earlier_leader_has_left_is_nobodys_proclamation() {
    told(granted(5));
    told(value(6, "here", true, 5));
    assertThat(told(released(7, 5, End.SESSION_EXPIRED))).isEqualTo("nobody");
    assertThat(told(value(7, "here", false, 5))).isEqualTo("-");
    assertThat(told(granted(8))).isEqualTo("8");
    assertThat(told(value(9, "late", true, 5))).isEqualTo("-");
  }

  @Test
  void a_leader_in_anothers_place_leaves_no_vacancy() {
    told(granted(5));
    assertThat(told(released(6, 5, End.HANDED_OVER))).isEqualTo("-");
    assertThat(told(granted(6, Mode.X, Cause.HANDED_OVER, 5))).isEqualTo("6");
    assertThat(told(released(7, 6, End.CONVERTED))).isEqualTo("-");
    assertThat(told(granted(7, Mode.SIX, Cause.CONVERTED, 6))).isEqualTo("nobody");
  }

  @Test
  void a_leader_that_steps_down_to_another_mode_leads_no_more() {
    told(granted(5));
    LockEvent converted = new LockEvent.Converted(6, 0, 5, 7, "o", parts(Mode.X), parts(Mode.S));
    assertThat(told(converted)).isEqualTo("nobody");
  }

  @Test
  void readers_of_the_lock_do_not_lead() {
    assertThat(told(granted(5, Mode.S, Cause.REQUESTED, 0))).isEqualTo("-");
    assertThat(told(released(6, 5, End.RELEASED))).isEqualTo("-");
  }

  @Test
  void what_a_look_has_shown_is_not_told_again() {
    Leader leader = new Leader(new FencingToken(5), new SessionId(7), "o", null);
    assertThat(state.looked(leader, 6)).isTrue();
    assertThat(told(granted(5))).isEqualTo("-");
    assertThat(told(released(6, 4, End.RELEASED))).isEqualTo("-");
    assertThat(told(value(7, "here", true, 5))).isEqualTo("5 here");
    assertThat(state.looked(leader, 8)).isTrue();
    assertThat(state.looked(leader, 9)).isFalse();
    assertThat(state.looked(null, 10)).isTrue();
    assertThat(words()).isEqualTo("nobody");
  }
}

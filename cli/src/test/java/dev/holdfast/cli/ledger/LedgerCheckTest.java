package dev.holdfast.cli.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerCheckTest {
  private static final Booking.Id A1 = new Booking.Id("alice", 1);
  private static final Booking.Id A2 = new Booking.Id("alice", 2);
  private static final Booking.Id B1 = new Booking.Id("bob", 1);

  private static List<String> check(
      Set<Booking.Id> acknowledged, Set<Booking.Id> uncertain, String... lines) {
    return LedgerCheck.findings(
        lines.length == 0 ? "" : String.join("\n", lines) + "\n", acknowledged, uncertain);
  }

  @Test
  void a_sound_ledger_has_no_findings() {
    assertThat(
            check(Set.of(A1, A2, B1), Set.of(), "3 alice 1 5 5", "3 alice 2 2 7", "8 bob 1 -4 3"))
        .isEmpty();
    assertThat(check(Set.of(), Set.of())).isEmpty();
  }

  @Test
  void a_lost_booking_is_found() {
    assertThat(check(Set.of(A1, B1), Set.of(), "3 alice 1 5 5"))
        .containsExactly("booking bob#1 was acknowledged and is not there: lost");
  }

  @Test
  void a_booking_that_nobody_was_told_of_is_found_unless_its_outcome_is_unknown() {
    assertThat(check(Set.of(A1), Set.of(), "3 alice 1 5 5", "4 bob 1 1 6"))
        .containsExactly("line 2: booking bob#1 was never acknowledged to anybody");
    assertThat(check(Set.of(A1), Set.of(B1), "3 alice 1 5 5", "4 bob 1 1 6")).isEmpty();
    assertThat(check(Set.of(A1), Set.of(B1), "3 alice 1 5 5")).isEmpty();
  }

  @Test
  void a_booking_written_twice_is_found() {
    assertThat(check(Set.of(A1), Set.of(), "3 alice 1 5 5", "3 alice 1 5 10"))
        .containsExactly("line 2: booking alice#1 is there twice, first in line 1");
  }

  @Test
  void a_stale_write_is_found() {
    assertThat(check(Set.of(A1, B1), Set.of(), "8 bob 1 4 4", "3 alice 1 5 9"))
        .containsExactly("line 2: token 3 after the larger 8: a stale write");
  }

  @Test
  void a_lost_update_is_found() {
    assertThat(check(Set.of(A1, B1), Set.of(), "3 alice 1 5 5", "8 bob 1 4 4"))
        .containsExactly("line 2: balance 4 does not follow from 5 and 4: a lost update");
  }

  @Test
  void one_token_in_two_hands_is_found() {
    assertThat(check(Set.of(A1, B1), Set.of(), "3 alice 1 5 5", "3 bob 1 4 9"))
        .containsExactly("line 2: token 3 was used by alice and by bob");
  }

  @Test
  void bookings_of_one_writer_out_of_order_are_found() {
    assertThat(check(Set.of(A1, A2), Set.of(), "3 alice 2 5 5", "4 alice 1 5 10"))
        .containsExactly("line 2: booking alice#1 comes after alice#2");
  }

  @Test
  void lines_that_are_no_bookings_are_found_and_the_rest_is_still_checked() {
    assertThat(
            check(Set.of(A1), Set.of(), "3 alice 1 5 5", "nonsense", "0 bob 1 1 6", "x bob 1 1 6"))
        .hasSize(3)
        .allMatch(finding -> finding.contains("is no booking"));
  }

  @Test
  void a_line_that_is_cut_off_is_found() {
    assertThat(LedgerCheck.findings("3 alice 1 5 5", Set.of(A1), Set.of()))
        .containsExactly("line 1 is cut off");
  }
}

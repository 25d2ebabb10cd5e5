package dev.holdfast.cli.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.fencing.StaleTokenException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir private Path folder;

  @Test
  void each_booking_continues_from_the_last_balance_whoever_wrote_it() throws Exception {
    Booking.Id a1 = new Booking.Id("alice", 1);
    Booking.Id b1 = new Booking.Id("bob", 1);
    try (Ledger first = Ledger.open(folder);
        Ledger second = Ledger.open(folder)) {
      first.book(3, a1, 5);
      assertThat(second.book(4, b1, -7).balance()).isEqualTo(-2);
      assertThat(first.text()).isEqualTo("3 alice 1 5 5\n4 bob 1 -7 -2\n");
      assertThat(LedgerCheck.findings(first.text(), Set.of(a1, b1), Set.of())).isEmpty();
    }
  }

  @Test
  void a_smaller_token_is_refused_and_nothing_is_written() throws Exception {
    try (Ledger ledger = Ledger.open(folder)) {
      ledger.book(9, new Booking.Id("alice", 1), 5);
      assertThatThrownBy(() -> ledger.book(8, new Booking.Id("bob", 1), 5))
          .isInstanceOf(StaleTokenException.class);
      assertThat(ledger.text()).isEqualTo("9 alice 1 5 5\n");
    }
  }

  @Test
  void a_long_ledger_is_continued_from_its_last_line() throws Exception {
    try (Ledger ledger = Ledger.open(folder)) {
      for (int i = 1; i <= 100; i++) {
        ledger.book(i, new Booking.Id("writer-with-a-rather-long-name-to-fill-the-line", i), 1);
      }
      assertThat(
              ledger.text().lines().reduce((a, b) -> b).map(Booking::parse).map(Booking::balance))
          .contains(100L);
    }
  }
}

package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Acknowledged;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  @Test
  void empty_set_has_nothing_above_zero() {
    assertThat(Numbers.EMPTY.contains(0)).isTrue();
    assertThat(Numbers.EMPTY.contains(1)).isFalse();
  }

  @Test
  void ranges_that_touch_become_one_and_reach_the_mark() {
    Numbers numbers = Numbers.EMPTY.plus(message(1, 3, 4, 6, 7)).plus(message(1, 5, 5));
    assertThat(numbers.rangeCount()).isEqualTo(1);
    assertThat(numbers.rangeFrom(0)).isEqualTo(3);
    assertThat(numbers.rangeTo(0)).isEqualTo(7);
    numbers = numbers.plus(message(3));
    assertThat(numbers.below()).isEqualTo(8);
    assertThat(numbers.rangeCount()).isZero();
  }

  @Test
  void mark_never_goes_back() {
    Numbers numbers = Numbers.EMPTY.plus(message(9)).plus(message(4));
    assertThat(numbers.below()).isEqualTo(9);
  }

  @Test
  void set_out_of_all_reason_is_not_taken() {
    Acknowledged.Builder far = Acknowledged.newBuilder().setBelow(1);
    for (int i = 0; i <= Numbers.RANGES_MAX; i++) {
      far.addRanges(10L + 2L * i).addRanges(10L + 2L * i);
    }
    assertThat(Numbers.EMPTY.plus(far.build())).isSameAs(Numbers.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void any_order_of_any_ranges_gives_the_union(long seed) {
    Random random = new Random(seed);
    TreeSet<Long> expected = new TreeSet<>();
    Numbers numbers = Numbers.EMPTY;
    for (int i = 0; i < 200; i++) {
      long below = 1L + random.nextInt(1 + i / 4);
      long from = random.nextInt(100);
      long to = from + random.nextInt(6) - 1;
      numbers = numbers.plus(message(below, from, to));
      for (long n = 0; n < below; n++) {
        expected.add(n);
      }
      for (long n = from; n <= to; n++) {
        expected.add(n);
      }
      for (long n = 0; n < 120; n++) {
        assertThat(numbers.contains(n)).as("seed %d: %d", seed, n).isEqualTo(expected.contains(n));
      }
      assertThat(Numbers.of(numbers.toMessage()).toMessage()).isEqualTo(numbers.toMessage());
    }
  }

  private static Acknowledged message(long below, long... ranges) {
    Acknowledged.Builder message = Acknowledged.newBuilder().setBelow(below);
    for (long end : ranges) {
      message.addRanges(end);
    }
    return message.build();
  }
}

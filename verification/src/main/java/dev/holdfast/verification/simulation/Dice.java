package dev.holdfast.verification.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Where all chance of a universe comes from. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    this(new SplittableRandom(seed));
  }

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Dice of their own, so that what one part draws does not change what another one gets. */
  Dice split() {
    return new Dice(random.split());
  }

  /** For parts of the product that want a generator. */
  SplittableRandom generator() {
    return random.split();
  }

  /** True with this probability. */
  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  long between(long low, long high) {
    return low >= high ? low : random.nextLong(low, high + 1);
  }

  /** A part of one, 0 included. */
  double part() {
    return random.nextDouble();
  }

  /** Mostly around the mean, now and then several times as much. */
  long around(long mean) {
    return mean <= 0 ? 0 : (long) Math.min(-Math.log(1 - random.nextDouble()) * mean, 20.0 * mean);
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}

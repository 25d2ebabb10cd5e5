package dev.holdfast.verification.model;

/**
 * How often a seed's clients do what: drawn for each seed, so that there are logs full of
 * conversions, of deadlocks, of semaphores, and logs without.
 *
 * @param crowded nobody's time runs out, hardly anything is nonsense, everybody wants a few locks:
 *     what many requests that wait for each other do
 * @param release out of the sum of the weights before {@code severalPercent}, as the others
 */
record Mix(
    boolean crowded,
    int acquire,
    int release,
    int extend,
    int convert,
    int handOver,
    int setValue,
    int writeFile,
    int revocation,
    int aboutAnother,
    int nonsense,
    int severalPercent,
    int waitPercent,
    int permitsPercent,
    int leasePercent,
    int reservedPercent,
    int priorityPercent,
    int ownersPerSession) {

  static Mix drawnBy(Dice dice) {
    return dice.oneIn(3) ? crowdedBy(dice) : mixedBy(dice);
  }

  private static Mix crowdedBy(Dice dice) {
    return new Mix(
        true,
        50 + dice.below(50),
        dice.oneIn(3) ? 3 : 8 + dice.below(10),
        0,
        dice.oneIn(2) ? 0 : 3 + dice.below(25),
        dice.oneIn(2) ? 0 : 1 + dice.below(10),
        dice.oneIn(3) ? 2 : 0,
        0,
        dice.oneIn(3) ? 2 : 0,
        dice.below(8),
        0,
        dice.oneIn(3) ? 0 : dice.below(70),
        90 + dice.below(10),
        dice.oneIn(2) ? 0 : dice.below(60),
        0,
        dice.oneIn(4) ? 20 : 0,
        dice.oneIn(2) ? 0 : 50,
        2 + dice.below(5));
  }

  private static Mix mixedBy(Dice dice) {
    // Files are full of appends that are open when their grants go on under other tokens.
    int writeFile = dice.oneIn(3) ? 20 + dice.below(40) : 0;
    return new Mix(
        false,
        35 + dice.below(30),
        dice.oneIn(3) ? 4 : 10 + dice.below(20),
        writeFile > 0 ? 15 : dice.oneIn(2) ? 0 : 1 + dice.below(10),
        dice.oneIn(3) ? 0 : 3 + dice.below(25),
        dice.oneIn(2) ? 0 : 1 + dice.below(10),
        dice.oneIn(2) ? 0 : 1 + dice.below(12),
        writeFile,
        dice.oneIn(3) ? 5 : 0,
        dice.oneIn(3) ? 2 : 8,
        2,
        dice.oneIn(3) ? 0 : dice.below(60),
        dice.oneIn(3) ? 95 : 40 + dice.below(50),
        dice.oneIn(3) ? 0 : dice.below(70),
        writeFile > 0 ? 60 : dice.oneIn(2) ? 5 : 35,
        dice.oneIn(2) ? 0 : 5 + dice.below(50),
        dice.oneIn(2) ? 0 : 50,
        1 + dice.below(4));
  }

  /** What is asked for by a request with a new number. */
  enum Action {
    ACQUIRE,
    RELEASE,
    EXTEND,
    CONVERT,
    HAND_OVER,
    SET_VALUE,
    WRITE_FILE,
    REVOCATION,
    ABOUT_ANOTHER,
    NONSENSE
  }

  Action action(Dice dice) {
    int[] weights = {
      acquire,
      release,
      extend,
      convert,
      handOver,
      setValue,
      writeFile,
      revocation,
      aboutAnother,
      nonsense
    };
    int sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int draw = dice.below(sum);
    int i = 0;
    for (Action action : Action.values()) {
      draw -= weights[i];
      if (draw < 0) {
        return action;
      }
      i++;
    }
    throw new AssertionError("drawn beyond the last");
  }
}

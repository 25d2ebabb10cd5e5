package dev.holdfast.cli.bench;

/** What the workers do. */
public enum Workload {
  /** Each worker acquires and releases a lock of its own. */
  W1("each worker has a lock of its own"),
  /** All workers queue for one lock and give it on at once. */
  W2("all workers queue for one lock");

  private final String sentence;

  Workload(String sentence) {
    this.sentence = sentence;
  }

  /** What it is, for a person. */
  public String sentence() {
    return sentence;
  }
}

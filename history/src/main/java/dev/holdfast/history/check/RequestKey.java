package dev.holdfast.history.check;

/** A session's number for a request. */
record RequestKey(long session, long sequence) {
  @Override
  public String toString() {
    return "request " + sequence + " of session " + session;
  }
}

package dev.holdfast.history.check;

/** Who holds or waits. */
record OwnerKey(long session, String owner) {
  @Override
  public String toString() {
    return "'" + owner + "' of session " + session;
  }
}

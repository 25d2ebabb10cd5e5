package dev.holdfast.verification.model;

/**
 * What a request wants of its grant's time.
 *
 * @param leaseMillis the fixed lease; 0 for none
 * @param atLeastMillis reserved until so long after the grant
 * @param lockDelayMillis reserved for so long after an unclean end
 * @param gated no lock delay is needed
 */
record ModelTerms(long leaseMillis, long atLeastMillis, long lockDelayMillis, boolean gated) {
  /** Of a conversion, which has those of the grant. */
  static final ModelTerms NONE = new ModelTerms(0, 0, 0, false);

  /** "A request asks for a lock delay if lock_delay_millis > 0 and not gated." */
  boolean askForReservation() {
    return atLeastMillis > 0 || (lockDelayMillis > 0 && !gated);
  }
}

package dev.holdfast.history;

/** What became of an operation, as far as the client or a node knows. */
public sealed interface Answer {
  /**
   * The revision at which this was decided; 0 when no step of the map decided it (a node or the
   * client library itself refused) or nobody knows.
   */
  long revision();

  /** Whether nothing else follows for this request. */
  boolean isFinal();

  /**
   * It was granted. The revision of the grant is its token.
   *
   * @param token the fencing token, at least 1
   * @param expiresAtMillis the end of a fixed lease on the cluster clock; 0 when kept alive with
   *     the session, or unknown
   * @param revision the step; the token, unless a conversion downwards was done, which keeps it
   */
  record Granted(long token, long expiresAtMillis, long revision) implements Answer {
    /** A grant in the step that is its token. */
    public Granted(long token, long expiresAtMillis) {
      this(token, expiresAtMillis, token);
    }

    @Override
    public boolean isFinal() {
      return true;
    }
  }

  /**
   * A release, carried out.
   *
   * @param revision the step
   */
  record Released(long revision) implements Answer {
    @Override
    public boolean isFinal() {
      return true;
    }
  }

  /**
   * The grant was given to another owner.
   *
   * @param token of the receiver's grant
   */
  record HandedOver(long token) implements Answer {
    @Override
    public long revision() {
      return token;
    }

    @Override
    public boolean isFinal() {
      return true;
    }
  }

  /**
   * Something without a result of its own was done: a value set, a holder asked to let go.
   *
   * @param revision the step
   */
  record Done(long revision) implements Answer {
    @Override
    public boolean isFinal() {
      return true;
    }
  }

  /**
   * It was not done, for good.
   *
   * @param reason the name of the refusal reason, such as {@code HELD_BY_ANOTHER}
   * @param revision the step that refused; 0 if a node's door or the client library did
   */
  record Refused(String reason, long revision) implements Answer {
    @Override
    public boolean isFinal() {
      return true;
    }
  }

  /**
   * It waits.
   *
   * @param ticket the revision at which it entered the queues
   */
  record Queued(long ticket) implements Answer {
    @Override
    public long revision() {
      return ticket;
    }

    @Override
    public boolean isFinal() {
      return false;
    }
  }

  /** Nobody told: it may have been done, may still be done at any later revision, or never. */
  record Unknown() implements Answer {
    @Override
    public long revision() {
      return 0;
    }

    @Override
    public boolean isFinal() {
      return false;
    }
  }
}

package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.GrantLoss;

/** How a grant was lost, in words. */
public final class LossWords {
  private LossWords() {}

  /**
   * One line for a person, without a full stop.
   *
   * @param loss what the client library tells
   */
  public static String sentence(GrantLoss loss) {
    String reason =
        switch (loss.reason()) {
          case SESSION_LOST -> "the session was lost";
          case SESSION_CLOSED -> "the session was closed";
          case FORCE_RELEASED -> "an operator released it";
          case LEASE_EXPIRED -> "its lease ran out";
          case NOT_HELD -> "the cluster does not know the grant any more";
        };
    return loss.detail().isEmpty() ? reason : reason + " (" + Text.printable(loss.detail()) + ")";
  }
}

package dev.holdfast.server.node;

import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.v1.Request;

/** How urgent a command is; every entry is filled in this order. */
enum CommandLane {
  /** Renewals and closes: have a flight slot of their own, and are refused by no limit. */
  RENEWAL,
  /**
   * What gives back or clears up: releases, cancels, resolves and force releases; never refused.
   */
  RELEASE,
  /** What asks for something: acquires, extends and new sessions. */
  ORDINARY;

  static CommandLane of(Command command) {
    return switch (command.getKindCase()) {
      case RENEW, CLOSE -> RENEWAL;
      case FORCE_RELEASE, ASK_REVOCATION -> RELEASE;
      case REQUEST -> of(command.getRequest().getRequest());
      case CLIENT_OPERATION -> of(command.getClientOperation().getRequest());
      case OPEN, KIND_NOT_SET -> ORDINARY;
    };
  }

  static CommandLane of(Request request) {
    return switch (request.getActionCase()) {
      case RELEASE, CANCEL, RESOLVE -> RELEASE;
      case ACQUIRE,
          EXTEND,
          CONVERT,
          HAND_OVER,
          SET_VALUE,
          APPEND_FILE,
          DELETE_FILE,
          REQUEST_REVOCATION,
          ACTION_NOT_SET ->
          ORDINARY;
    };
  }
}

package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.v1.Request;

/**
 * What makes two sendings of a command the same command.
 *
 * @param kind the kind of command; for a request or a client's operation, which action
 * @param high the session, or the first half of a nonce
 * @param low the sequence number, or the second half of a nonce
 */
record CommandKey(int kind, long high, long low) {
  private static final int KIND_BITS = 8;

  /** Every command in the log has passed a door, so its nonce has 16 bytes. */
  static CommandKey of(Command command) {
    int kind = command.getKindCase().getNumber();
    return switch (command.getKindCase()) {
      case REQUEST ->
          request(command.getRequest().getSessionId(), command.getRequest().getRequest());
      case OPEN -> ofBytes(kind, command.getOpen().getNonce());
      case RENEW -> renewal(command.getRenew().getSessionId(), command.getRenew().getNonce());
      case CLOSE -> close(command.getClose().getSessionId());
      case FORCE_RELEASE -> ofBytes(kind, command.getForceRelease().getOperationId());
      case ASK_REVOCATION -> ofBytes(kind, command.getAskRevocation().getOperationId());
      case CLIENT_OPERATION -> operation(command.getClientOperation());
      case KIND_NOT_SET -> new CommandKey(kind, 0, 0);
    };
  }

  static CommandKey request(long sessionId, Request request) {
    int kind =
        (Command.KindCase.REQUEST.getNumber() << KIND_BITS) + request.getActionCase().getNumber();
    return new CommandKey(kind, sessionId, request.getSequence());
  }

  /** No two clients have an operation id in common: see the door's node. */
  static CommandKey operation(ClientOperation operation) {
    int kind =
        (Command.KindCase.CLIENT_OPERATION.getNumber() << KIND_BITS)
            + operation.getRequest().getActionCase().getNumber();
    return ofBytes(kind, operation.getOperationId());
  }

  static CommandKey renewal(long sessionId, long nonce) {
    return new CommandKey(Command.KindCase.RENEW.getNumber(), sessionId, nonce);
  }

  static CommandKey close(long sessionId) {
    return new CommandKey(Command.KindCase.CLOSE.getNumber(), sessionId, 0);
  }

  private static CommandKey ofBytes(int kind, ByteString bytes) {
    return new CommandKey(kind, halfOf(bytes, 0), halfOf(bytes, Long.BYTES));
  }

  private static long halfOf(ByteString bytes, int from) {
    long half = 0;
    for (int i = from; i < Math.min(bytes.size(), from + Long.BYTES); i++) {
      half = (half << Byte.SIZE) | (bytes.byteAt(i) & 0xff);
    }
    return half;
  }
}

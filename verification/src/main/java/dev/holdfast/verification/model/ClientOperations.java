package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * "A client of a wire without sessions is one session, opened when it is first heard of; each
 * operation of it is a request, which the map numbers."
 */
class ClientOperations {
  static final int REMEMBERED = 1_024;
  static final int ENDS_REMEMBERED = 4_096;
  private static final int ID_BYTES = 16;

  final LockModel model;

  ClientOperations(LockModel model) {
    this.model = model;
  }

  /** Called with the command's step already taken. */
  final void apply(ClientOperation command) {
    ModelSession session = sessionOf(command.getClient());
    RefusalReason problem = problem(command, session);
    if (problem != null) {
      model.say(
          new ModelOutcome.OperationRefused(
              command.getClient(), command.getOperationId(), model.refused(problem)));
      return;
    }
    if (session == null) {
      session = model.opened(opening(command));
      model.state.nextRevision();
    }
    long sequence = numberOf(session, command.getOperationId());
    model.say(
        new ModelOutcome.OperationTaken(
            command.getClient(),
            command.getOperationId(),
            session.id,
            sequence,
            session.ttlMillis()));
    model.requests.applyNumbered(
        session, command.getRequest().toBuilder().setSequence(sequence).build());
  }

  final @Nullable ModelSession sessionOf(ByteString client) {
    return model.state.sessions.stream()
        .filter(ModelSession::asksByOperations)
        .filter(session -> session.opened.getNonce().equals(client))
        .findFirst()
        .orElse(null);
  }

  private @Nullable RefusalReason problem(ClientOperation command, @Nullable ModelSession session) {
    if (command.getOperationId().size() != ID_BYTES) {
      return RefusalReason.INVALID_REQUEST;
    }
    if (askedBeforeTheEnd(command)
        && (session == null || known(session, command.getOperationId()).isEmpty())) {
      return RefusalReason.SESSION_EXPIRED;
    }
    if (session != null) {
      return null;
    }
    if (!LockModel.isValidBesideItsSecret(opening(command))) {
      return RefusalReason.INVALID_REQUEST;
    }
    return model.state.sessions.size() >= LockModel.SESSIONS_MAX
        ? RefusalReason.TOO_MANY_SESSIONS
        : null;
  }

  /** "What was asked for before the client's last session ended opens no other." */
  boolean askedBeforeTheEnd(ClientOperation command) {
    return command.getAskedAtRevision() > 0
        && model.state.clientEnds.stream()
            .filter(end -> end.client().equals(command.getClient()))
            .anyMatch(end -> command.getAskedAtRevision() < end.revision());
  }

  /** "The ends of the last 4,096 clients are remembered." */
  final void ended(ModelSession session) {
    ByteString client = session.opened.getNonce();
    model.state.clientEnds.removeIf(end -> end.client().equals(client));
    model.state.clientEnds.add(new ClientEnd(client, model.state.revision));
    if (model.state.clientEnds.size() > ENDS_REMEMBERED) {
      model.state.clientEnds.removeFirst();
    }
  }

  /** The end of a client's last session. */
  record ClientEnd(ByteString client, long revision) {}

  private static OpenSession opening(ClientOperation command) {
    return OpenSession.newBuilder()
        .setNonce(command.getClient())
        .setClientId(command.getClientId())
        .setLabel(command.getLabel())
        .setTtlMillis(command.getTtlMillis())
        .setLocksMax(command.getLocksMax())
        .build();
  }

  private long numberOf(ModelSession session, ByteString operationId) {
    return known(session, operationId)
        .map(ModelSession.Taken::sequence)
        .orElseGet(() -> takeAnother(session, operationId));
  }

  /** "The same operation again is the same number again." */
  Optional<ModelSession.Taken> known(ModelSession session, ByteString operationId) {
    return session.operations.stream()
        .filter(taken -> taken.operationId().equals(operationId))
        .findFirst();
  }

  /** "Beyond 1,024, the oldest that does not wait is forgotten." */
  private long takeAnother(ModelSession session, ByteString operationId) {
    long sequence = ++session.operationsTaken;
    if (session.operations.size() >= REMEMBERED) {
      session.operations.stream()
          .filter(taken -> model.requests.waitingUnder(session, taken.sequence()) == null)
          .findFirst()
          .ifPresent(
              oldest -> {
                session.operations.remove(oldest);
                session.acknowledge(oldest.sequence());
              });
    }
    session.operations.add(new ModelSession.Taken(operationId, sequence));
    return sequence;
  }
}

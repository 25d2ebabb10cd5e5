package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Resolve;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations of made-up clients that have no sessions of their own: new ones, old ones again as
 * several nodes may send them, and ones that are cancelled, before or after they come.
 */
final class OperationMaker {
  private static final int CLIENTS = 3;

  private final Dice dice;

  /** Apart, so that all else that is drawn is what it would be without. */
  private final Dice ofRevisions;

  private final Mix mix;
  private final RequestMaker requests;

  /** What each client knows, of its present session and earlier ones. */
  private final Map<ByteString, SessionScript> scripts = new HashMap<>();

  private long operations;

  OperationMaker(Dice dice, Dice ofRevisions, Mix mix, RequestMaker requests) {
    this.dice = dice;
    this.ofRevisions = ofRevisions;
    this.mix = mix;
    this.requests = requests;
  }

  ClientOperation next(List<SessionScript> sessions) {
    int number = dice.below(CLIENTS);
    ByteString client = EntryMaker.sixteenBytes(100 + number);
    SessionScript script = scripts.computeIfAbsent(client, _ -> new SessionScript(0));
    if (!script.operations.isEmpty() && dice.oneIn(3)) {
      ClientOperation again =
          dice.oneIn(2) ? script.operations.getLast() : dice.oneOf(script.operations);
      return dice.oneIn(2) ? again : instead(again);
    }
    ClientOperation.Builder operation =
        ClientOperation.newBuilder()
            .setOperationId(EntryMaker.sixteenBytes(1_000_000 + ++operations))
            .setClient(client)
            .setClientId("door-" + number)
            .setLabel("door:" + number)
            .setTtlMillis(mix.crowded() ? 60_000 : dice.between(100, 1_500))
            .setAskedAtRevision(revisionKnown(script))
            .setRequest(request(script, sessions));
    if (!mix.crowded() && dice.oneIn(4)) {
      operation.setLocksMax((int) dice.between(1, 6));
    }
    ClientOperation made =
        dice.oneIn(mix.crowded() ? 200 : 25) ? spoilt(operation) : operation.build();
    script.operations.add(made);
    return dice.oneIn(20) ? instead(made) : made;
  }

  /** One in or after the client's last known session, or none. */
  private long revisionKnown(SessionScript script) {
    return ofRevisions.oneIn(3) ? 0 : script.sessionId + ofRevisions.between(0, 60);
  }

  /** The same operation, to be cancelled or asked about. */
  private ClientOperation instead(ClientOperation operation) {
    return operation.toBuilder()
        .setRequest(
            dice.percent(70)
                ? Request.newBuilder().setCancel(Cancel.getDefaultInstance())
                : Request.newBuilder().setResolve(Resolve.getDefaultInstance()))
        .build();
  }

  /** Under a number that nobody looks at, or none. */
  private Request request(SessionScript script, List<SessionScript> sessions) {
    // Some requests name another session, which must have been opened before.
    Request request = sessions.isEmpty() ? Request.getDefaultInstance() : requests.next(script);
    return dice.oneIn(2) ? request : request.toBuilder().clearSequence().build();
  }

  private ClientOperation spoilt(ClientOperation.Builder operation) {
    return switch (dice.below(5)) {
      case 0 -> operation.setClient(ByteString.copyFromUtf8("short")).build();
      case 1 -> operation.setOperationId(ByteString.copyFromUtf8("short")).build();
      case 2 -> operation.setTtlMillis(99).build();
      case 3 -> operation.setLabel("l".repeat(1_025)).build();
      default -> operation.clearRequest().build();
    };
  }

  /** A later session of a client begins with what it knew of the earlier one. */
  void learn(ModelOutcome.OperationTaken taken, List<SessionScript> sessions) {
    SessionScript script = scripts.computeIfAbsent(taken.client(), _ -> new SessionScript(0));
    if (script.sessionId != taken.sessionId()) {
      SessionScript later = new SessionScript(taken.sessionId());
      later.operations.addAll(script.operations);
      later.tokens.addAll(script.tokens);
      scripts.put(taken.client(), later);
      sessions.add(later);
      script = later;
    }
    SessionScript known = script;
    known.operations.stream()
        .filter(operation -> operation.getOperationId().equals(taken.operationId()))
        .findFirst()
        .ifPresent(
            operation ->
                known.sent.add(
                    operation.getRequest().toBuilder().setSequence(taken.sequence()).build()));
  }
}

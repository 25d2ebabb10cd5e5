package dev.holdfast.server.door.plain;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks as a plain map of names and owners has them: taken at once or not at all, given back by
 * whoever is the owner. Those wires have no tokens; the token of a release is looked up.
 *
 * <p>They have no word for "unknown" either. A taking of which nothing became known is answered as
 * not taken, and what the cluster made of it is undone afterwards, so that nobody holds a lock
 * without knowing it.
 */
public final class PlainLocks {
  private static final Logger LOGGER = LoggerFactory.getLogger(PlainLocks.class);

  /**
   * Each asks for up to 10 s; after that the session's end gives the lock back, or, if the door
   * keeps the session, it is tried again at each of its renewals.
   */
  private static final int UNDO_TRIES = 6;

  /** What came of giving back. */
  public enum Unlocked {
    RELEASED,
    /** Somebody else holds it. */
    NOT_OWNER,
    /** Nobody holds it. */
    FREE,
    /** Nothing is known; it may be asked for again. */
    UNKNOWN
  }

  /**
   * Who holds a lock.
   *
   * @param owners by token; with an exclusive lock, one at most
   * @param problem why that cannot be told now; null if it is told
   */
  public record Owners(List<LockOwner> owners, @Nullable String problem) {
    /** The one who has held it longest. */
    public Optional<LockOwner> first() {
      return owners.stream().findFirst();
    }
  }

  private final DoorClients clients;
  private final Supplier<ByteString> operationIds;
  private final String ownerKey;

  /** Clients whose sessions the door keeps, by their keys. */
  private final Set<String> kept = new HashSet<>();

  /** Clients of whom something is being undone, by their keys. */
  private final Map<String, Undoing> undoing = new HashMap<>();

  private record Taking(DoorClient client, String lock, Consumer<Answer> asker) {}

  /** Takings of one client that are being undone, and what it asks for meanwhile. */
  private static final class Undoing {
    int count;

    /** Those among them that were tried often enough for now. */
    List<ByteString> leftOver = new ArrayList<>();

    List<Taking> later = new ArrayList<>();

    List<Taking> takeLater() {
      List<Taking> taken = later;
      later = new ArrayList<>();
      return taken;
    }
  }

  /**
   * Locks of one wire.
   *
   * @param operationIds makes 16 random bytes
   * @param ownerKey the owner in the sessions of this wire's clients
   */
  public PlainLocks(DoorClients clients, Supplier<ByteString> operationIds, String ownerKey) {
    this.clients = clients;
    this.operationIds = operationIds;
    this.ownerKey = ownerKey;
  }

  /**
   * Takes a lock, if it is free. Not while an earlier taking of this client is being undone, or it
   * would be told that it has what it then loses.
   *
   * @param asker hears a grant or a refusal, once
   */
  public void tryLock(DoorClient client, String lock, Consumer<Answer> asker) {
    Taking taking = new Taking(client, lock, asker);
    Undoing running = undoing.get(client.key());
    if (running == null) {
      take(taking);
    } else {
      running.later.add(taking);
      undoLeftOver(client);
    }
  }

  private void take(Taking taking) {
    ByteString id = operationIds.get();
    Request request =
        Request.newBuilder()
            .setAcquire(
                Acquire.newBuilder()
                    .setOwner(ownerKey)
                    .addDemands(
                        Demand.newBuilder()
                            .setLock(taking.lock())
                            .setMode(LockMode.LOCK_MODE_X)
                            .build()))
            .build();
    Runnable _ =
        clients.request(
            taking.client(),
            id,
            request,
            answer -> {
              if (isUnknown(answer)) {
                undoing.computeIfAbsent(taking.client().key(), _ -> new Undoing()).count++;
                taking.asker().accept(answer);
                undo(taking.client(), id, UNDO_TRIES);
              } else {
                taking.asker().accept(answer);
              }
            });
  }

  /** What was never done is ruled out by asking what became of it. */
  private void undo(DoorClient client, ByteString id, int triesLeft) {
    Undoing running = undoing.get(client.key());
    if (triesLeft == 0 && running != null && kept.contains(client.key())) {
      running.leftOver.add(id);
      return;
    }
    if (triesLeft == 0) {
      LOGGER.warn("taking_not_undone client={}: its session's end will", client.key());
      finishUndoing(client);
      return;
    }
    Runnable _ =
        clients.request(
            client,
            id,
            Request.newBuilder().setResolve(Resolve.getDefaultInstance()).build(),
            answer -> {
              if (answer.hasGranted()) {
                release(
                    client,
                    answer.getGranted().getToken(),
                    released -> {
                      if (released.hasReleased()) {
                        LOGGER.info("taking_undone client={}", client.key());
                      }
                      onUndone(client, id, triesLeft, released);
                    });
              } else {
                onUndone(client, id, triesLeft, answer);
              }
            });
  }

  private void onUndone(DoorClient client, ByteString id, int triesLeft, Answer answer) {
    if (!isUnknown(answer)) {
      finishUndoing(client);
      return;
    }
    Undoing running = undoing.get(client.key());
    if (running != null) {
      running.takeLater().forEach(each -> each.asker().accept(answer));
    }
    undo(client, id, triesLeft - 1);
  }

  /** From now on the door keeps the client's session. */
  public void keep(DoorClient client) {
    kept.add(client.key());
  }

  /** The door renews the client's session: what is still to be undone does not end by itself. */
  public void undoLeftOver(DoorClient client) {
    for (ByteString id : takeLeftOver(client)) {
      undo(client, id, 1);
    }
  }

  /** The door does not keep the client's session any more. */
  public void leave(DoorClient client) {
    kept.remove(client.key());
    takeLeftOver(client).forEach(_ -> finishUndoing(client));
  }

  private List<ByteString> takeLeftOver(DoorClient client) {
    Undoing running = undoing.get(client.key());
    if (running == null) {
      return List.of();
    }
    List<ByteString> taken = running.leftOver;
    running.leftOver = new ArrayList<>();
    return taken;
  }

  private void finishUndoing(DoorClient client) {
    Undoing running = undoing.get(client.key());
    if (running != null && --running.count == 0) {
      undoing.remove(client.key());
      running.later.forEach(this::take);
    }
  }

  /** Gives a lock back, if it is this client's. */
  public void unlock(DoorClient client, String lock, Consumer<Unlocked> asker) {
    owners(
        true,
        lock,
        found -> {
          Optional<LockOwner> own =
              found.owners().stream()
                  .filter(owner -> owner.clientId().equals(client.clientId()))
                  .findFirst();
          if (found.problem() != null) {
            asker.accept(Unlocked.UNKNOWN);
          } else if (own.isPresent()) {
            release(client, own.get().token(), answer -> asker.accept(unlocked(answer)));
          } else {
            asker.accept(found.owners().isEmpty() ? Unlocked.FREE : Unlocked.NOT_OWNER);
          }
        });
  }

  /** Tells which of these locks a client has, as this node's own map shows it. */
  public void owned(DoorClient client, Set<String> locks, Consumer<Set<String>> asker) {
    Set<String> asked = Set.copyOf(locks);
    clients.read(
        false,
        machine ->
            asked.stream()
                .filter(lock -> isOwner(client, LockOwner.of(machine, lock)))
                .collect(Collectors.toSet()),
        (found, _) -> asker.accept(found == null ? asked : found));
  }

  private static boolean isOwner(DoorClient client, List<LockOwner> owners) {
    return owners.stream().anyMatch(owner -> owner.clientId().equals(client.clientId()));
  }

  /** Lets the client's session last for its whole time from now on, if it has one. */
  public void renew(DoorClient client, Runnable done) {
    clients.renew(client, _ -> done.run());
  }

  private void release(DoorClient client, long token, Consumer<Answer> asker) {
    Request release = Request.newBuilder().setRelease(Release.newBuilder().setToken(token)).build();
    Runnable _ = clients.request(client, operationIds.get(), release, asker);
  }

  private static Unlocked unlocked(Answer answer) {
    if (answer.hasReleased()) {
      return Unlocked.RELEASED;
    }
    return isUnknown(answer) ? Unlocked.UNKNOWN : Unlocked.NOT_OWNER;
  }

  private static boolean isUnknown(Answer answer) {
    return answer.getRefused().getReason() == RefusalReason.NO_LEADER;
  }

  /**
   * Tells who holds a lock.
   *
   * @param linearizable false for this node's own map at once
   */
  public void owners(boolean linearizable, String lock, Consumer<Owners> asker) {
    clients.read(
        linearizable,
        machine -> new Owners(LockOwner.of(machine, lock), null),
        (found, reason) ->
            asker.accept(found == null ? new Owners(List.of(), String.valueOf(reason)) : found));
  }
}

package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.verification.model.ModeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who holds what by the events of the map alone, checked against the table of modes. */
final class GrantLedger {
  /** A grant that stands. */
  record Held(long token, long sessionId, String owner, List<Demand> demands) {
    private boolean isOfOtherOwnerThan(Held other) {
      return sessionId != other.sessionId || !owner.equals(other.owner);
    }
  }

  private record Claim(Held grant, LockMode mode) {}

  private final TreeMap<Long, Held> byToken = new TreeMap<>();
  private final Map<String, List<Claim>> byLock = new HashMap<>();
  private long lastToken;

  @Nullable Held get(long token) {
    return byToken.get(token);
  }

  List<Held> all() {
    return List.copyOf(byToken.values());
  }

  boolean isEmpty() {
    return byToken.isEmpty();
  }

  void granted(Event.LockGranted event) {
    Held grant = new Held(event.revision(), event.sessionId(), event.owner(), event.demands());
    if (grant.token() <= lastToken) {
      throw new RuleBroken(
          Rule.TOKENS_GROW, "token " + grant.token() + " was given out after " + lastToken);
    }
    lastToken = grant.token();
    enter(grant);
  }

  /** A grant stands on with weaker demands. */
  void converted(Event.LockConverted event) {
    released(event.token());
    enter(new Held(event.token(), event.sessionId(), event.owner(), event.demands()));
  }

  private void enter(Held grant) {
    byToken.put(grant.token(), grant);
    for (Demand demand : grant.demands()) {
      claim(grant, demand.getLock(), demand.getMode());
      String name = demand.getLock();
      for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
        claim(grant, name.substring(0, end), ModeTable.intention(demand.getMode()));
      }
    }
  }

  private void claim(Held grant, String lock, LockMode mode) {
    List<Claim> claims = byLock.computeIfAbsent(lock, _ -> new ArrayList<>());
    for (Claim other : claims) {
      if (grant.isOfOtherOwnerThan(other.grant()) && !ModeTable.compatible(mode, other.mode())) {
        throw new RuleBroken(
            Rule.EXCLUSIVE,
            lock
                + " is held in "
                + mode
                + " by "
                + grant
                + " and in "
                + other.mode()
                + " by "
                + other.grant());
      }
    }
    claims.add(new Claim(grant, mode));
  }

  void released(long token) {
    Held grant = byToken.remove(token);
    if (grant == null) {
      throw new RuleBroken(Rule.EXCLUSIVE, "a grant ended that did not stand: " + token);
    }
    byLock.values().forEach(claims -> claims.removeIf(claim -> claim.grant().token() == token));
    byLock.values().removeIf(List::isEmpty);
  }
}

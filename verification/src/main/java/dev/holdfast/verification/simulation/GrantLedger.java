package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.verification.model.ModeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what, and what is reserved, by the events of the map alone, checked against the table
 * of modes and the limits of semaphores.
 */
final class GrantLedger {
  /** Who holds or waits. */
  record Owner(long sessionId, String owner) {}

  /** A grant that stands; or, with the token 0, what somebody wants. */
  record Held(long token, long sessionId, String owner, List<Demand> demands) {
    Owner ownerKey() {
      return new Owner(sessionId, owner);
    }

    private boolean isOfOtherOwnerThan(Held other) {
      return !ownerKey().equals(other.ownerKey());
    }
  }

  /** What a grant has at a lock: a mode, or permits of a limit. */
  private record Claim(Held grant, LockMode mode, int permits, int limit) {
    private boolean conflictsWith(Claim other) {
      return grant.isOfOtherOwnerThan(other.grant) && !ModeTable.compatible(mode, other.mode);
    }
  }

  /** No session has this id. */
  private static final long NOBODY = -1;

  private final TreeMap<Long, Held> byToken = new TreeMap<>();
  private final TreeMap<Long, Held> reservations = new TreeMap<>();
  private final Map<String, List<Claim>> byLock = new HashMap<>();

  /** What the grant had whose place the next one takes, without a free moment. */
  private Map<String, List<Claim>> justReplaced = Map.of();

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
    justReplaced = Map.of();
  }

  /** A grant stands on with weaker demands. */
  void converted(Event.LockConverted event) {
    justReplaced = claimsOf(event.token());
    leave(event.token());
    enter(new Held(event.token(), event.sessionId(), event.owner(), event.demands()));
    justReplaced = Map.of();
  }

  /**
   * Whether the grants of some owners are in the way of another who wants something.
   *
   * @param others who else counts; what nobody of them holds is taken to be given back
   */
  boolean isHeldUp(Held wanting, Set<Owner> others) {
    Map<String, LockMode> modes = new HashMap<>();
    for (Demand demand : wanting.demands()) {
      String name = demand.getLock();
      boolean counts = demand.getPermits() > 0;
      if (counts && permitsOf(name, wanting, others) + demand.getPermits() > demand.getLimit()) {
        return true;
      }
      if (!counts) {
        modes.merge(name, demand.getMode(), ModeTable::leastCovering);
      }
      LockMode above = ModeTable.intention(counts ? LockMode.LOCK_MODE_X : demand.getMode());
      for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
        modes.merge(name.substring(0, end), above, ModeTable::leastCovering);
      }
    }
    return modes.entrySet().stream()
        .anyMatch(need -> isModeHeldUp(wanting, need.getKey(), need.getValue(), others));
  }

  private boolean isModeHeldUp(Held wanting, String lock, LockMode mode, Set<Owner> others) {
    List<Claim> claims = byLock.getOrDefault(lock, List.of());
    LockMode own =
        claims.stream()
            .filter(claim -> claim.grant().ownerKey().equals(wanting.ownerKey()))
            .map(Claim::mode)
            .reduce(LockMode.LOCK_MODE_NL, ModeTable::leastCovering);
    boolean any = claims.stream().anyMatch(c -> c.grant().ownerKey().equals(wanting.ownerKey()));
    return !(any && ModeTable.covers(own, mode))
        && claims.stream()
            .anyMatch(
                claim ->
                    others.contains(claim.grant().ownerKey())
                        && claim.grant().isOfOtherOwnerThan(wanting)
                        && !ModeTable.compatible(mode, claim.mode()));
  }

  private int permitsOf(String lock, Held wanting, Set<Owner> others) {
    return byLock.getOrDefault(lock, List.of()).stream()
        .filter(claim -> others.contains(claim.grant().ownerKey()))
        .filter(claim -> claim.grant().isOfOtherOwnerThan(wanting))
        .mapToInt(Claim::permits)
        .sum();
  }

  private void enter(Held grant) {
    byToken.put(grant.token(), grant);
    claim(grant);
  }

  private void claim(Held grant) {
    for (Demand demand : grant.demands()) {
      String name = demand.getLock();
      boolean counts = demand.getPermits() > 0;
      if (counts) {
        claimPermits(
            name, new Claim(grant, LockMode.LOCK_MODE_NL, demand.getPermits(), demand.getLimit()));
      } else {
        claimMode(name, new Claim(grant, demand.getMode(), 0, 0));
      }
      LockMode above = ModeTable.intention(counts ? LockMode.LOCK_MODE_X : demand.getMode());
      for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
        claimMode(name.substring(0, end), new Claim(grant, above, 0, 0));
      }
    }
  }

  private void claimMode(String lock, Claim claim) {
    List<Claim> claims = byLock.computeIfAbsent(lock, _ -> new ArrayList<>());
    for (Claim other : claims) {
      boolean conflicts = claim.conflictsWith(other) && !isSpared(lock, claim, other, claims);
      if (conflicts || other.limit() > 0) {
        throw new RuleBroken(Rule.EXCLUSIVE, lock + " is held as " + claim + " and as " + other);
      }
    }
    claims.add(claim);
  }

  /**
   * What an owner's ended grant reserves need not suit what else it holds, nor what it holds by
   * other grants anyway when it gets more.
   */
  private boolean isSpared(String lock, Claim claim, Claim other, List<Claim> claims) {
    if (claim.grant().sessionId() == NOBODY) {
      return true;
    }
    return other.grant().sessionId() == NOBODY
        && Stream.concat(
                claims.stream()
                    .filter(each -> each.grant().ownerKey().equals(claim.grant().ownerKey())),
                justReplaced.getOrDefault(lock, List.of()).stream())
            .map(Claim::mode)
            .reduce(ModeTable::leastCovering)
            .filter(own -> ModeTable.covers(own, claim.mode()))
            .isPresent();
  }

  private void claimPermits(String lock, Claim claim) {
    List<Claim> claims = byLock.computeIfAbsent(lock, _ -> new ArrayList<>());
    claims.add(claim);
    int taken = claims.stream().mapToInt(Claim::permits).sum();
    if (taken > claim.limit() || claims.stream().anyMatch(each -> each.limit() != claim.limit())) {
      throw new RuleBroken(
          Rule.EXCLUSIVE, lock + " has given out " + taken + " permits: " + claims);
    }
  }

  void released(Event.LockReleased event) {
    justReplaced = event.end().isReplacement() ? claimsOf(event.token()) : Map.of();
    Held grant = leave(event.token());
    if (event.reservedUntilMillis() > 0) {
      Held reservation =
          new Held(event.token(), NOBODY, "reserved by " + event.token(), grant.demands());
      reservations.put(event.token(), reservation);
      claim(reservation);
    }
  }

  void reservationEnded(Event.ReservationEnded event) {
    if (reservations.remove(event.token()) == null) {
      throw new RuleBroken(
          Rule.EXCLUSIVE, "a reservation ended that did not stand: " + event.token());
    }
    forget(event.token());
  }

  private Map<String, List<Claim>> claimsOf(long token) {
    Map<String, List<Claim>> found = new HashMap<>();
    byLock.forEach(
        (lock, claims) ->
            found.put(
                lock, claims.stream().filter(each -> each.grant().token() == token).toList()));
    return found;
  }

  private Held leave(long token) {
    Held grant = byToken.remove(token);
    if (grant == null) {
      throw new RuleBroken(Rule.EXCLUSIVE, "a grant ended that did not stand: " + token);
    }
    forget(token);
    return grant;
  }

  private void forget(long token) {
    byLock.values().forEach(claims -> claims.removeIf(claim -> claim.grant().token() == token));
    byLock.values().removeIf(List::isEmpty);
  }
}

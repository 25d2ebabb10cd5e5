package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is in the files, by what clients asked for and by the events of the map: each append is of
 * bytes of its own, so that it can be told apart wherever it turns up.
 */
final class FileTruth {
  /** What is cut off if a grant ends uncleanly, or has to be by now. */
  private record Open(long token, long from) {}

  private record Writer(GrantLedger.Owner owner, long token) {}

  private final GrantLedger grants;
  private final Map<ByteString, Append> appends = new LinkedHashMap<>();
  private final Map<String, TreeMap<Long, ByteString>> versions = new TreeMap<>();
  private final Map<String, Open> open = new TreeMap<>();
  private final Map<String, Open> owed = new TreeMap<>();
  private final Map<String, Writer> lastWriters = new HashMap<>();
  private final Map<String, Integer> deletionsAsked = new HashMap<>();
  private int appended;
  private int fenced;
  private int rolledBack;
  private int deleted;
  private int looks;

  FileTruth(GrantLedger grants) {
    this.grants = grants;
  }

  static String lockOf(String file) {
    return "files/" + file;
  }

  // What clients do and hear

  Append asksToAppend(SimulatedClient client, String file, ByteString data, boolean rollBack) {
    Append append = new Append(client, file, data, rollBack);
    appends.put(data, append);
    return append;
  }

  void asksToDelete(String file) {
    deletionsAsked.merge(file, 1, Integer::sum);
  }

  void told(Append append, CallResult result) {
    switch (result) {
      case CallResult.Appended done -> toldDone(append, done);
      case CallResult.Refused refused -> {
        RefusalReason reason = refused.refused().getReason();
        fenced += reason == RefusalReason.STALE_TOKEN ? 1 : 0;
        if (isCertain(reason)) {
          toldNot(append, reason.name());
        }
      }
      case CallResult.TimedOut timedOut -> {
        if (!timedOut.sent()) {
          toldNot(append, "never sent");
        }
      }
      case CallResult.Unknown _, CallResult.SessionOver _ -> {
        // It may be in the file, or come there yet.
      }
      case CallResult.Granted _,
          CallResult.Converted _,
          CallResult.Released _,
          CallResult.HandedOver _,
          CallResult.Done _ ->
          throw broken(Rule.FILE_ONCE, append + " was answered " + result);
    }
  }

  /** Whether it says something of the request, and not only that nobody knows of it any more. */
  private static boolean isCertain(RefusalReason reason) {
    return switch (reason) {
      case STALE_REQUEST, SESSION_EXPIRED, SESSION_CLOSED, UNKNOWN_SESSION, WRONG_SECRET -> false;
      default -> true;
    };
  }

  private static void toldDone(Append append, CallResult.Appended done) {
    boolean same =
        append.revision != 0
            && append.offset == done.offset()
            && done.length() == done.offset() + append.data.size();
    if (!same) {
      throw broken(
          Rule.FILE_ONCE,
          append
              + " was answered "
              + done
              + (append.revision == 0
                  ? ", and is in no file"
                  : ", but stands at " + append.offset));
    }
    append.acknowledged = true;
  }

  private static void toldNot(Append append, String why) {
    if (append.revision != 0) {
      throw broken(Rule.FILE_ONCE, append + " is in the file, and its client was told: " + why);
    }
    append.refusal = why;
  }

  /** What a client knows to be in a file. */
  List<Append> acknowledgedTo(SimulatedClient client, String file) {
    return appends.values().stream()
        .filter(each -> each.acknowledged && each.file.equals(file))
        .filter(each -> each.client.equals(client.name))
        .toList();
  }

  // What the map does

  void onEvent(Event event) {
    switch (event) {
      case Event.LockGranted granted -> {
        requireNothingOwed();
        if (granted.replacedToken() != 0) {
          goesOn(granted.replacedToken(), granted.revision(), granted.demands());
        }
      }
      case Event.LockConverted converted ->
          goesOn(converted.token(), converted.token(), converted.demands());
      case Event.LockReleased released -> {
        requireNothingOwed();
        ended(released);
      }
      case Event.FileAppended append -> {
        requireNothingOwed();
        onAppended(append);
      }
      case Event.FileRolledBack cut -> onRolledBack(cut);
      case Event.FileDeleted deletion -> {
        requireNothingOwed();
        onDeleted(deletion);
      }
      default -> {
        // Nothing about files.
      }
    }
  }

  private void goesOn(long before, long after, List<Demand> demands) {
    new TreeMap<>(open)
        .forEach(
            (file, each) -> {
              if (each.token() == before && guards(demands, file)) {
                open.put(file, new Open(after, each.from()));
              } else if (each.token() == before) {
                open.remove(file);
              }
            });
  }

  private void ended(Event.LockReleased released) {
    boolean goesOn =
        released.end() == Event.GrantEnd.EXTENDED || released.end() == Event.GrantEnd.CONVERTED;
    boolean unclean =
        switch (released.end()) {
          case LEASE_EXPIRED, SESSION_EXPIRED, FORCE_RELEASED -> true;
          case RELEASED, SESSION_CLOSED, HANDED_OVER, EXTENDED, CONVERTED -> false;
        };
    if (goesOn) {
      return;
    }
    new TreeMap<>(open)
        .forEach(
            (file, each) -> {
              if (each.token() == released.token()) {
                open.remove(file);
                if (unclean) {
                  owed.put(file, each);
                }
              }
            });
  }

  private void requireNothingOwed() {
    if (!owed.isEmpty()) {
      throw broken(Rule.FILE_ROLLED_BACK, "what was to be cut off stays: " + owed);
    }
  }

  private void onAppended(Event.FileAppended event) {
    String file = event.file();
    Append append = appends.get(event.data());
    if (append == null || !append.file.equals(file)) {
      throw broken(Rule.FILE_ONCE, "nobody asked for " + event);
    }
    if (append.revision != 0 || !append.refusal.isEmpty()) {
      String before = append.revision != 0 ? "before" : "though refused: " + append.refusal;
      throw broken(Rule.FILE_ONCE, append + " is done at " + event.revision() + ", " + before);
    }
    requireFenced(append.toString(), file, event.token(), append.sessionId);
    if (event.offset() != contentOf(file).size()) {
      throw broken(Rule.FILE_ONCE, append + " was put at " + event.offset());
    }
    append.revision = event.revision();
    append.offset = event.offset();
    Open before = open.get(file);
    if (!append.rollBack) {
      open.remove(file);
    } else if (before == null || before.token() != event.token()) {
      open.put(file, new Open(event.token(), event.offset()));
    }
    put(file, event.revision(), contentOf(file).concat(event.data()));
    appended++;
  }

  /** Whoever writes holds the file's lock at that very moment, and nobody has written after him. */
  private void requireFenced(String what, String file, long token, long sessionId) {
    GrantLedger.Held grant = grants.get(token);
    boolean holds = grant != null && guards(grant.demands(), file);
    if (grant == null || !holds || (sessionId != 0 && grant.sessionId() != sessionId)) {
      throw broken(Rule.FILE_FENCED, what + " was done under " + token + ", which is " + grant);
    }
    Writer last = lastWriters.get(file);
    if (last != null && last.token() > token && !last.owner().equals(grant.ownerKey())) {
      throw broken(Rule.FILE_FENCED, what + " was done under " + token + " after " + last);
    }
    if (last == null || last.token() < token) {
      lastWriters.put(file, new Writer(grant.ownerKey(), token));
    }
  }

  private static boolean guards(List<Demand> demands, String file) {
    return demands.stream()
        .anyMatch(
            each ->
                each.getLock().equals("files")
                    ? each.getMode() == LockMode.LOCK_MODE_X
                    : each.getLock().equals(lockOf(file))
                        && (each.getMode() == LockMode.LOCK_MODE_X
                            || each.getMode() == LockMode.LOCK_MODE_SIX));
  }

  private void onRolledBack(Event.FileRolledBack event) {
    Open due = owed.remove(event.file());
    if (due == null || due.token() != event.token() || due.from() != event.length()) {
      throw broken(Rule.FILE_ROLLED_BACK, event + ", but what was to be cut off is " + due);
    }
    put(event.file(), event.revision(), contentOf(event.file()).substring(0, (int) due.from()));
    gone(event.file(), due.from(), event.revision());
    rolledBack++;
  }

  private void onDeleted(Event.FileDeleted event) {
    requireFenced("the removal of " + event.file(), event.file(), event.token(), 0);
    if (deletionsAsked.merge(event.file(), -1, Integer::sum) < 0) {
      throw broken(Rule.FILE_ONCE, event.file() + " was removed more often than asked for");
    }
    open.remove(event.file());
    put(event.file(), event.revision(), ByteString.EMPTY);
    gone(event.file(), 0, event.revision());
    deleted++;
  }

  private void gone(String file, long from, long revision) {
    for (Append append : appends.values()) {
      boolean there = append.revision != 0 && append.goneRevision == Long.MAX_VALUE;
      if (there && append.file.equals(file) && append.offset >= from) {
        append.goneRevision = revision;
      }
    }
  }

  private ByteString contentOf(String file) {
    return contentAt(file, Long.MAX_VALUE);
  }

  private ByteString contentAt(String file, long revision) {
    Map.Entry<Long, ByteString> version =
        versions.getOrDefault(file, new TreeMap<>()).floorEntry(revision);
    return version == null ? ByteString.EMPTY : version.getValue();
  }

  private void put(String file, long revision, ByteString content) {
    versions.computeIfAbsent(file, _ -> new TreeMap<>()).put(revision, content);
  }

  // What nodes have

  /** A node has applied an entry. */
  void onApplied(SimulatedNode node, List<Event> events) {
    requireNothingOwed();
    List<String> changed = new ArrayList<>();
    for (Event event : events) {
      String file = fileOf(event);
      if (file != null && !changed.contains(file)) {
        changed.add(file);
        requireEqual(node, file);
      }
    }
  }

  private static @Nullable String fileOf(Event event) {
    return switch (event) {
      case Event.FileAppended append -> append.file();
      case Event.FileRolledBack cut -> cut.file();
      case Event.FileDeleted deletion -> deletion.file();
      default -> null;
    };
  }

  /** A node has loaded a snapshot. */
  void onRestored(SimulatedNode node) {
    versions.keySet().forEach(file -> requireEqual(node, file));
  }

  private ByteString requireEqual(SimulatedNode node, String file) {
    ByteString found = node.machine().files().read(file, 0, Integer.MAX_VALUE);
    long revision = node.machine().revision();
    if (!found.equals(contentAt(file, revision))) {
      throw broken(
          Rule.REPLICAS_EQUAL,
          node.name
              + " has "
              + found.size()
              + " bytes in "
              + file
              + " at "
              + revision
              + " instead of "
              + contentAt(file, revision).size()
              + ", or others");
    }
    return found;
  }

  /** A linearizable read at this node was let in: it has what somebody was told of before. */
  void requireRead(SimulatedNode node, String file, List<Append> known) {
    looks++;
    ByteString found = requireEqual(node, file);
    for (Append append : known) {
      long end = append.offset + append.data.size();
      if (append.goneRevision <= node.machine().revision()) {
        continue;
      }
      boolean there =
          end <= found.size()
              && found.substring((int) append.offset, (int) end).equals(append.data);
      if (!there) {
        throw broken(Rule.FILE_ONCE, node.name + " does not show " + append);
      }
    }
  }

  private static RuleBroken broken(Rule rule, String what) {
    return new RuleBroken(rule, what);
  }

  // How much happened

  int appendedCount() {
    return appended;
  }

  int fencedCount() {
    return fenced;
  }

  int rolledBackCount() {
    return rolledBack;
  }

  int deletedCount() {
    return deleted;
  }

  int lookCount() {
    return looks;
  }
}

package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.RequestRevocation;
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.protocol.v1.SetValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A machine driven by lines of text, one entry of the log a line:
 *
 * <pre>
 * open a ttl=10s                     a session that the script calls a
 * preempt a#1 x                      request 1 of a: the lock x, exclusive, without waiting
 * acquire a#2 x:S,y:X wait=5s lease=3s owner=t2 ack=2
 * release a#3 token=2     or token=a#1: what that request was granted
 * extend a#4 token=2 lease=5s     cancel a#2     resolve a#2
 * renew a &amp; acquire b#1 x +1s        several commands in one entry, one second later
 * tick +500ms    force x token=2 op=1    close a
 * acquire a#5 pool:2/10 priority=3 atleast=5s delay=9s gated=1    permits, and what else there is
 * convert a#6 x:X token=2 wait=5s       handover a#7 token=2 to=b owner=t1
 * value a#8 x token=2 is=text           without "is": removed
 * append a#9 f token=2 text=more rollback=1     bytes=N: so many x       delete a#9 f token=2
 * files          the files that have been written to
 * revoke a#9 token=2 for=5 detail=now   ask x token=2 op=2
 * why a#5        waits        place a#5         deadlocks
 * by c/1 acquire x wait=5s       operation 1 of the client c, whose session is called c too; what
 *                                follows is as above, without session and number
 * show           who holds, who waits, which sessions
 * reload         goes on with a machine restored from a snapshot of this one
 * </pre>
 */
final class Script {
  private final Map<String, Long> sessions = new TreeMap<>();
  private final Map<String, Long> tokens = new TreeMap<>();
  private LockStateMachine machine = new LockStateMachine();
  private long clockMillis;

  String run(String line) {
    return switch (line.split(" ", -1)[0]) {
      case "show" -> show();
      case "waits" -> waits();
      case "why" -> why(line.split(" ", -1)[1]);
      case "place" -> place(line.split(" ", -1)[1]);
      case "deadlocks" -> machine.deadlocks().size() + " deadlocks\n";
      case "files" -> files();
      case "reload" -> reload();
      default -> entry(line);
    };
  }

  LockStateMachine machine() {
    return machine;
  }

  private String entry(String line) {
    LogEntry.Builder entry = LogEntry.newBuilder();
    for (String part : line.split(" & ", -1)) {
      List<String> words = new ArrayList<>(Arrays.asList(part.trim().split(" +", -1)));
      for (String word : List.copyOf(words)) {
        if (word.startsWith("+")) {
          clockMillis += millis(word.substring(1));
          words.remove(word);
        }
      }
      if (!words.getFirst().equals("tick")) {
        entry.addCommands(command(words));
      }
    }
    Applied applied = machine.apply(entry.setClockMillis(clockMillis).build());
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Opened session) {
        sessions.put(nameIn(session.nonce()), session.sessionId());
      } else if (outcome instanceof Outcome.OperationTaken taken) {
        sessions.put(nameIn(taken.client()), taken.sessionId());
      }
    }
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Answered it) {
        String request = new Printer(sessions).name(it.sessionId()) + "#" + it.sequence();
        if (it.answer().hasGranted()) {
          tokens.put(request, it.answer().getGranted().getToken());
        } else if (it.answer().hasHandedOver()) {
          tokens.put(request, it.answer().getHandedOver().getToken());
        }
      }
    }
    return new Printer(sessions).print(applied);
  }

  /** The nonce of a session is its name in the script, filled up. */
  private static String nameIn(ByteString nonce) {
    String text = nonce.toStringUtf8();
    return text.substring(0, text.indexOf('-'));
  }

  private Command command(List<String> words) {
    String verb = words.get(0);
    String subject = words.size() > 1 ? words.get(1) : "";
    Map<String, String> options = new TreeMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        options.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return switch (verb) {
      case "open" -> Command.newBuilder().setOpen(open(subject, options)).build();
      case "renew" ->
          Command.newBuilder()
              .setRenew(RenewSession.newBuilder().setSessionId(id(subject)).setNonce(7))
              .build();
      case "close" ->
          Command.newBuilder()
              .setClose(CloseSession.newBuilder().setSessionId(id(subject)))
              .build();
      case "force" ->
          Command.newBuilder()
              .setForceRelease(
                  ForceRelease.newBuilder()
                      .setOperationId(sixteen(options.getOrDefault("op", "1")))
                      .setLock(subject)
                      .setToken(token(options))
                      .setOperator("ops")
                      .setReason("stuck"))
              .build();
      case "ask" ->
          Command.newBuilder()
              .setAskRevocation(
                  AskRevocation.newBuilder()
                      .setOperationId(sixteen(options.getOrDefault("op", "1")))
                      .setLock(subject)
                      .setToken(token(options))
                      .setOperator("ops")
                      .setReason("please"))
              .build();
      case "by" ->
          Command.newBuilder().setClientOperation(operation(subject, words, options)).build();
      case "nothing" -> Command.getDefaultInstance();
      default -> Command.newBuilder().setRequest(request(verb, words, options)).build();
    };
  }

  private static OpenSession open(String name, Map<String, String> options) {
    String nonce = options.getOrDefault("nonce", (name + "-".repeat(16)).substring(0, 16));
    byte[] hash = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32);
    return OpenSession.newBuilder()
        .setNonce(ByteString.copyFromUtf8(nonce))
        .setSecretHash(ByteString.copyFrom(hash))
        .setClientId("client-" + name)
        .setLabel("label-" + name)
        .setTtlMillis(millis(options.getOrDefault("ttl", "10s")))
        .setLocksMax(Integer.parseInt(options.getOrDefault("locks", "0")))
        .build();
  }

  private ClientOperation operation(
      String subject, List<String> words, Map<String, String> options) {
    String[] names = subject.split("/", -1);
    List<String> asked = new ArrayList<>(words.subList(2, words.size()));
    asked.add(1, names[0] + "#99");
    return ClientOperation.newBuilder()
        .setOperationId(sixteen(options.getOrDefault("id", names[1])))
        .setClient(sixteen(options.getOrDefault("client", names[0])))
        .setClientId("client-" + names[0])
        .setLabel("label-" + names[0])
        .setTtlMillis(millis(options.getOrDefault("ttl", "10s")))
        .setLocksMax(Integer.parseInt(options.getOrDefault("locks", "0")))
        .setRequest(request(asked.getFirst(), asked, options).getRequest())
        .setAskedAtRevision(Long.parseLong(options.getOrDefault("asked", "0")))
        .build();
  }

  /** Filled up; a longer name stays as it is, and so is malformed. */
  private static ByteString sixteen(String name) {
    return ByteString.copyFromUtf8(
        name.length() > 16 ? name : (name + "-".repeat(16)).substring(0, 16));
  }

  private SessionRequest request(String verb, List<String> words, Map<String, String> options) {
    String[] subject = words.get(1).split("#", -1);
    Request.Builder request = Request.newBuilder().setSequence(Long.parseLong(subject[1]));
    long token = token(options);
    switch (verb) {
      case "preempt" -> request.setAcquire(acquire(words, options, 0));
      case "acquire" ->
          request.setAcquire(
              acquire(
                  words,
                  options,
                  options.containsKey("wait") ? millis(options.getOrDefault("wait", "0s")) : -1));
      case "release" -> request.setRelease(Release.newBuilder().setToken(token));
      case "extend" ->
          request.setExtend(
              Extend.newBuilder()
                  .setToken(token)
                  .setLeaseMillis(millis(options.getOrDefault("lease", "0s"))));
      case "convert" ->
          request.setConvert(
              Convert.newBuilder()
                  .setToken(token)
                  .addAllDemands(demands(words))
                  .setPriority(Integer.parseInt(options.getOrDefault("priority", "0")))
                  .setWaitMillis(
                      options.containsKey("wait")
                          ? millis(options.getOrDefault("wait", "0s"))
                          : -1));
      case "handover" ->
          request.setHandOver(
              HandOver.newBuilder()
                  .setToken(token)
                  .setToSessionId(id(options.getOrDefault("to", "")))
                  .setToOwner(options.getOrDefault("owner", "")));
      case "value" ->
          request.setSetValue(
              SetValue.newBuilder()
                  .setToken(token)
                  .setLock(words.get(2))
                  .setValue(ByteString.copyFromUtf8(options.getOrDefault("is", "")))
                  .setRemove(!options.containsKey("is")));
      case "append" ->
          request.setAppendFile(
              AppendFile.newBuilder()
                  .setToken(token)
                  .setFile(words.get(2))
                  .setData(ByteString.copyFromUtf8(text(options)))
                  .setRollBack(options.containsKey("rollback")));
      case "delete" ->
          request.setDeleteFile(DeleteFile.newBuilder().setToken(token).setFile(words.get(2)));
      case "revoke" ->
          request.setRequestRevocation(
              RequestRevocation.newBuilder()
                  .setToken(token)
                  .setWaitingSequence(Long.parseLong(options.getOrDefault("for", "0")))
                  .setDetail(options.getOrDefault("detail", "")));
      case "cancel" -> request.setCancel(Cancel.getDefaultInstance());
      case "resolve" -> request.setResolve(Resolve.getDefaultInstance());
      case "empty" -> request.clearAction();
      default -> throw new IllegalArgumentException("unknown verb " + verb);
    }
    SessionRequest.Builder command =
        SessionRequest.newBuilder().setSessionId(id(subject[0])).setRequest(request);
    if (options.containsKey("ack")) {
      command.setAcknowledged(acknowledged(options.get("ack")));
    }
    return command.build();
  }

  /** "5" is all below 5; "5,7-9" is that and 7 to 9. */
  private static Acknowledged acknowledged(String text) {
    String[] parts = text.split(",", -1);
    Acknowledged.Builder acknowledged =
        Acknowledged.newBuilder().setBelow(Long.parseLong(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      for (String end : parts[i].split("-", -1)) {
        acknowledged.addRanges(Long.parseLong(end));
      }
    }
    return acknowledged.build();
  }

  private static Acquire acquire(List<String> words, Map<String, String> options, long waitMillis) {
    Acquire.Builder acquire =
        Acquire.newBuilder()
            .setOwner(options.getOrDefault("owner", "t" + words.get(1).split("#", -1)[1]))
            .setWaitMillis(waitMillis)
            .setQueueLengthMax(Integer.parseInt(options.getOrDefault("queue", "0")));
    if (options.containsKey("lease")) {
      acquire.setLeaseMillis(millis(options.getOrDefault("lease", "0s")));
    }
    return acquire
        .addAllDemands(demands(words))
        .setAtLeastMillis(millis(options.getOrDefault("atleast", "0s")))
        .setLockDelayMillis(millis(options.getOrDefault("delay", "0s")))
        .setGated(options.containsKey("gated"))
        .setPriority(Integer.parseInt(options.getOrDefault("priority", "0")))
        .build();
  }

  /** "x" is x:X; "x:2/5" is two permits of five. */
  private static List<Demand> demands(List<String> words) {
    List<Demand> demands = new ArrayList<>();
    if (words.size() > 2 && words.get(2).indexOf('=') < 0) {
      for (String demand : words.get(2).split(",", -1)) {
        String[] parts = demand.split(":", -1);
        String mode = parts.length > 1 ? parts[1] : "X";
        Demand.Builder built = Demand.newBuilder().setLock(parts[0]);
        if (mode.indexOf('/') > 0) {
          String[] permits = mode.split("/", -1);
          built.setPermits(Integer.parseInt(permits[0])).setLimit(Integer.parseInt(permits[1]));
        } else {
          built.setMode(LockMode.valueOf("LOCK_MODE_" + mode));
        }
        demands.add(built.build());
      }
    }
    return demands;
  }

  /** "7" is 7; "a#1" is what that request was granted. */
  private long token(Map<String, String> options) {
    String text = options.getOrDefault("token", "0");
    return text.indexOf('#') < 0 ? Long.parseLong(text) : tokens.getOrDefault(text, 0L);
  }

  private long id(String name) {
    return sessions.getOrDefault(name, 999L);
  }

  private static long millis(String text) {
    return text.endsWith("ms")
        ? Long.parseLong(text.substring(0, text.length() - 2))
        : Long.parseLong(text.substring(0, text.length() - 1)) * 1_000;
  }

  private String show() {
    StringBuilder shown = new StringBuilder();
    for (LockInfo lock : machine.locks("", "", 100)) {
      LockInfo full = Objects.requireNonNull(machine.lock(lock.name(), 100));
      shown.append(new Printer(sessions).print(full, machine.clockMillis()));
    }
    machine.sessions(0, 100).stream()
        .sorted(Comparator.comparingLong(SessionInfo::sessionId))
        .forEach(
            session ->
                shown.append(
                    "session %s left=%dms grants=%d waiting=%d%n"
                        .formatted(
                            new Printer(sessions).name(session.sessionId()),
                            session.deadlineMillis() - machine.clockMillis(),
                            session.grants(),
                            session.waiting())));
    return shown
        + "clock=%dms revision=%d map=%d next=%s%n"
            .formatted(
                machine.clockMillis(),
                machine.revision(),
                machine.mapRevision(),
                machine.nextDeadlineMillis() == Long.MAX_VALUE
                    ? "none"
                    : machine.nextDeadlineMillis() + "ms");
  }

  private String waits() {
    StringBuilder text = new StringBuilder();
    machine.waits().all(0, 100, 10).forEach(each -> text.append(print(each)));
    return text.toString();
  }

  private String why(String request) {
    String[] subject = request.split("#", -1);
    StringBuilder text = new StringBuilder();
    machine
        .waits()
        .why(id(subject[0]), Long.parseLong(subject[1]), 100)
        .forEach(each -> text.append(print(each)));
    return text.isEmpty() ? "does not wait\n" : text.toString();
  }

  private String print(WaitEdge edge) {
    return new Printer(sessions).print(edge) + "\n";
  }

  private String place(String request) {
    String[] subject = request.split("#", -1);
    StringBuilder text = new StringBuilder();
    for (QueuePosition each :
        machine.waits().positions(id(subject[0]), Long.parseLong(subject[1]), 100)) {
      text.append("%s: %d of %d%n".formatted(each.lock(), each.position(), each.queueLength()));
    }
    return text.isEmpty() ? "does not wait\n" : text.toString();
  }

  private static String text(Map<String, String> options) {
    return options.containsKey("bytes")
        ? "x".repeat(Integer.parseInt(options.get("bytes")))
        : options.getOrDefault("text", "");
  }

  private String files() {
    StringBuilder text = new StringBuilder();
    for (FileInfo file : machine.files().list("", "", 1_000)) {
      if (file.revision() != 0) {
        String content = machine.files().read(file.name(), 0, 40).toStringUtf8();
        text.append(
            "file %s '%s'%s length=%d token=%d @%d%s%n"
                .formatted(
                    file.name(),
                    content,
                    content.length() < file.length() ? "..." : "",
                    file.length(),
                    file.token(),
                    file.revision(),
                    file.openToken() == 0 ? "" : " open by token " + file.openToken()));
      }
    }
    return text + "%d bytes%n".formatted(machine.files().bytes());
  }

  private String reload() {
    byte[] hash = machine.stateHash();
    machine = LockStateMachine.restore(machine.image().records());
    return Arrays.equals(hash, machine.stateHash()) ? "same state\n" : "OTHER STATE\n";
  }
}

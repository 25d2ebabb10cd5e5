package dev.holdfast.server.door.w2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.WireName;
import dev.holdfast.server.door.plain.LockOwner;
import dev.holdfast.server.door.plain.PlainLocks.Owners;
import dev.holdfast.server.door.plain.PlainLocks.Unlocked;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.Link;
import dev.holdfast.server.door.tcp.RequestLine;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One connection, which is a client and its session: commands in, texts out in the same order. The
 * end of the connection ends the session. Names are bytes here, one character each.
 */
final class W2Connection implements Connection {
  private static final String ALREADY_HAD = "You have already had a Lock !";
  private static final String NO_LOCK = "There isn't any lock.";
  private static final String NO_ANSWER = "No answer now, please try again.";

  private final W2Wire wire;
  private final Link link;
  private final int number;
  private final DoorClient client;
  private final TextStream stream;
  private final RequestLine<TextStream.Command> requests;
  private final Set<String> held = new HashSet<>();
  private boolean hasSession;
  private Runnable cancelWait = () -> {};
  private Runnable cancelRenewal = () -> {};

  W2Connection(W2Wire wire, Link link) {
    this.wire = wire;
    this.link = link;
    number = wire.numbers.take();
    String id = wire.randomUuid().toString();
    client =
        new DoorClient(
            "w2/" + id,
            id,
            "client " + number + " at " + link.peer(),
            wire.settings.lease().toMillis(),
            wire.settings.locksMax());
    requests = new RequestLine<>(link, this::handle, this::end);
    stream =
        new TextStream(Math.toIntExact(wire.settings.requestBytesMax().bytes()), requests::add);
  }

  @Override
  public void onBytes(byte[] bytes) {
    cancelWait.run();
    stream.add(bytes);
    if (stream.isOpen()) {
      long wait = wire.settings.pieceWait().toMillis();
      if (wait == 0) {
        stream.end();
      } else {
        cancelWait = wire.loop.after(wait, stream::end);
      }
    }
  }

  @Override
  public void onInputEnd() {
    cancelWait.run();
    stream.end();
    requests.endInput();
  }

  @Override
  public void onClosed() {
    cancelWait.run();
    cancelRenewal.run();
    requests.close();
  }

  /** After the last command, or else it might open the session again. */
  private void end() {
    cancelRenewal.run();
    if (hasSession) {
      wire.locks.leave(client);
      wire.clients.end(client, () -> {});
    }
    wire.numbers.giveBack(number);
  }

  private void handle(TextStream.Command command, Runnable done) {
    Consumer<String> answer =
        text -> {
          link.send((wire.settings.newline() ? text + "\n" : text).getBytes(ISO_8859_1));
          done.run();
        };
    if (command.tooLong()) {
      answer.accept("A command has " + wire.settings.requestBytesMax().bytes() + " bytes at most.");
      return;
    }
    String text = command.bytes().toString(ISO_8859_1);
    int colon = text.indexOf(':');
    String verb = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    switch (verb) {
      case "Client" -> answer.accept("Client id :" + number);
      case "Follower" -> answer.accept("Follower id :" + wire.nextFollower());
      case "Lock" -> withName(nameOf(rest), answer, this::lock);
      case "Release" -> withName(rest, answer, this::release);
      case "Status" -> withName(rest, answer, this::status);
      default -> answer.accept("There isn't such a command.");
    }
  }

  /** A lock's name and, after it, the client's own id, which adds nothing. */
  private String nameOf(String nameAndId) {
    String ownId = ":" + number;
    return nameAndId.endsWith(ownId)
        ? nameAndId.substring(0, nameAndId.length() - ownId.length())
        : nameAndId;
  }

  @FunctionalInterface
  private interface WithName {
    void execute(String name, String lock, Consumer<String> answer);
  }

  private void withName(String name, Consumer<String> answer, WithName command) {
    if (name.isEmpty()) {
      answer.accept("Please give the name of a lock.");
    } else if (name.contains(":")) {
      answer.accept("The name of a lock has no ':' in it.");
    } else {
      String lock = WireName.toLock(name.getBytes(ISO_8859_1));
      if (WireName.isTooLong(lock)) {
        answer.accept("The name of the lock is too long.");
      } else {
        command.execute(name, lock, answer);
      }
    }
  }

  private void lock(String name, String lock, Consumer<String> answer) {
    if (!hasSession) {
      hasSession = true;
      wire.locks.keep(client);
      renewLater();
    }
    wire.locks.tryLock(
        client,
        lock,
        outcome -> {
          if (outcome.hasGranted()) {
            held.add(lock);
            answer.accept(answerToLock(name, outcome));
            return;
          }
          // What was taken away from the client is not had any more.
          wire.locks.owned(
              client,
              held,
              owned -> {
                held.retainAll(owned);
                answer.accept(answerToLock(name, outcome));
              });
        });
  }

  private String answerToLock(String name, Answer outcome) {
    if (outcome.hasGranted()) {
      return name + ">>Lock Status";
    }
    RefusalReason reason = outcome.getRefused().getReason();
    return switch (reason) {
      case TOO_MANY_LOCKS, ALREADY_HELD -> ALREADY_HAD;
      case HELD_BY_ANOTHER, WAITED_FOR_BY_ANOTHER, RESERVED ->
          held.size() >= wire.settings.locksMax()
              ? ALREADY_HAD
              : name + ">>This name of Lock have existed.";
      case NO_LEADER -> NO_ANSWER;
      default -> "No lock: " + reason;
    };
  }

  private void release(String name, String lock, Consumer<String> answer) {
    wire.locks.unlock(
        client,
        lock,
        outcome -> {
          if (outcome != Unlocked.UNKNOWN) {
            held.remove(lock);
          }
          answer.accept(
              switch (outcome) {
                case RELEASED -> name + ">>Release Status";
                case NOT_OWNER -> "You don't have a lock named>>" + name;
                case FREE -> NO_LOCK;
                case UNKNOWN -> NO_ANSWER;
              });
        });
  }

  private void status(String name, String lock, Consumer<String> answer) {
    wire.locks.owners(true, lock, found -> answer.accept(answerToStatus(name, found)));
  }

  private static String answerToStatus(String name, Owners found) {
    if (found.problem() != null) {
      return NO_ANSWER;
    }
    Optional<LockOwner> owner = found.first();
    return owner.isEmpty()
        ? "There isn't a lock named>>" + name
        : name + ">>Lock Status\nOwner information: " + information(owner.get());
  }

  /** In bytes, as all that is said here. */
  private static String information(LockOwner owner) {
    String text = owner.label().isEmpty() ? owner.clientId() : owner.label();
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /** Without waiting for the answer: a leader that is slow must not cost the renewal after it. */
  private void renewLater() {
    cancelRenewal =
        wire.loop.after(
            Math.max(1, client.ttlMillis() / 3),
            () -> {
              wire.clients.renew(client, _ -> {});
              wire.locks.undoLeftOver(client);
              renewLater();
            });
  }
}

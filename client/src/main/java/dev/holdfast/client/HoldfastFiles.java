package dev.holdfast.client;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Files of the cluster that only a holder of their lock can append to: the lock {@code
 * files/<name>} in X or SIX, or {@code files} in X. The cluster looks at the fencing token in the
 * very step in which it adds the bytes, so a holder who has lost the lock without knowing it cannot
 * write, however late what he has sent arrives. What is appended is replicated before it is
 * acknowledged. An append of a session is done once, also when its connection breaks or its node
 * dies meanwhile.
 *
 * <p>{@code file_0} to {@code file_99} are there from the beginning; any other name comes with its
 * first append. A name is 1 to 255 bytes long, without {@code /}. All files together have at most
 * 64 MiB.
 *
 * <p>Safe for use by many threads. What has a twin that ends in {@code Async} blocks until it is
 * answered, at most the request time-out, and is not ended by an interrupt, whose flag stays set.
 * To read takes no lock: {@link #reader}.
 */
public final class HoldfastFiles {
  /** Most bytes of one append. */
  public static final int APPEND_BYTES_MAX = 1_048_576;

  private final SessionKeeper keeper;
  private final FileReader reader;

  /** What becomes of an append when its grant ends uncleanly: by expiry or by an operator. */
  public enum Orphan {
    /** It stays. */
    KEEP,
    /**
     * It is cut off again, with everything that the same grant has appended behind it, before the
     * next holder's grant. It stays for good once the grant is released or handed over, its session
     * is closed, or something is appended to the same file with {@link #KEEP} or by another grant.
     * An extension, and a conversion that keeps the file's lock, leave it as it is.
     */
    ROLL_BACK
  }

  HoldfastFiles(SessionKeeper keeper, FileReader reader) {
    this.keeper = keeper;
    this.reader = reader;
  }

  /** Reads the files. */
  public FileReader reader() {
    return reader;
  }

  /**
   * Appends to a file by a grant that has its lock, to stay.
   *
   * @param grant of this client
   * @param file its name
   * @param data 0 to 1,048,576 bytes
   * @throws LockLostException if the grant was lost or given back before
   * @throws LockRefusedException {@link RefusalReason#NOT_HOLDER} if it has other locks, {@link
   *     RefusalReason#MODE_TOO_WEAK}, {@link RefusalReason#FILE_QUOTA_EXCEEDED}
   * @throws OutcomeUnknownException if no node answered within the request time-out; {@link
   *     AsyncLocks#resolve} tells what became of it
   * @throws IllegalArgumentException if that is no file's name, or too much at a time
   */
  public FileAppend append(LockGrant grant, String file, byte[] data) {
    return append(grant, file, data, Orphan.KEEP);
  }

  /**
   * The same, and says what becomes of it when the grant ends uncleanly.
   *
   * @param grant of this client
   * @param file its name
   * @param data 0 to 1,048,576 bytes
   * @param orphan whether it stays then
   */
  public FileAppend append(LockGrant grant, String file, byte[] data, Orphan orphan) {
    HeldGrant held = grant.held();
    LiveSession session = grant.session();
    return appended(call(session, appending(held, 0, file, data, orphan)), session, held, 0);
  }

  /** As {@link #append}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<FileAppend> appendAsync(
      LockGrant grant, String file, byte[] data, Orphan orphan) {
    HeldGrant held = grant.held();
    LiveSession session = grant.session();
    return later(
        session,
        appending(held, 0, file, data, orphan),
        result -> appended(result, session, held, 0));
  }

  /**
   * The same for a grant of which only the token is at hand, such as that of a lock that a thread
   * has locked.
   *
   * @param token of a grant of this client's present session
   * @param file its name
   * @param data 0 to 1,048,576 bytes
   * @param orphan whether it stays if the grant ends uncleanly
   */
  public FileAppend append(FencingToken token, String file, byte[] data, Orphan orphan) {
    LiveSession session = keeper.live();
    CallResult result = call(session, appending(null, token.value(), file, data, orphan));
    return appended(result, session, null, token.value());
  }

  /** The same without waiting; the future fails with the same exceptions. */
  public CompletableFuture<FileAppend> appendAsync(
      FencingToken token, String file, byte[] data, Orphan orphan) {
    LiveSession session = keeper.live();
    return later(
        session,
        appending(null, token.value(), file, data, orphan),
        result -> appended(result, session, null, token.value()));
  }

  /**
   * Removes a file with all that is in it, which nothing brings back; one of those that are there
   * from the beginning is emptied. Throws what {@link #append} does.
   *
   * @param grant that has the file's lock
   * @param file its name
   */
  public void delete(LockGrant grant, String file) {
    HeldGrant held = grant.held();
    done(call(grant.session(), deleting(held, file)), grant.session(), held);
  }

  /** As {@link #delete}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<Void> deleteAsync(LockGrant grant, String file) {
    HeldGrant held = grant.held();
    LiveSession session = grant.session();
    return later(session, deleting(held, file), result -> done(result, session, held));
  }

  private static Action appending(
      @Nullable HeldGrant held, long token, String file, byte[] data, Orphan orphan) {
    RemoteFiles.requireName(file);
    if (data.length > APPEND_BYTES_MAX) {
      throw new IllegalArgumentException(
          "an append has at most " + APPEND_BYTES_MAX + " bytes, not " + data.length);
    }
    return new Action.WriteFile(
        held == null ? "" : held.owner(),
        held == null ? token : held.token(),
        file,
        ByteString.copyFrom(data),
        orphan == Orphan.ROLL_BACK);
  }

  private static Action deleting(HeldGrant held, String file) {
    RemoteFiles.requireName(file);
    return new Action.WriteFile(held.owner(), held.token(), file, null, false);
  }

  private CallResult call(LiveSession session, Action action) {
    return new BlockingCall(session, action, deadlineNanos(session), Call.WhenLate.DOUBT).await();
  }

  private <T> CompletableFuture<T> later(
      LiveSession session, Action action, Function<CallResult, T> meaning) {
    return FutureCall.make(session, action, deadlineNanos(session), Call.WhenLate.DOUBT, meaning);
  }

  private long deadlineNanos(LiveSession session) {
    return session.nanosFromNow(keeper.requestTimeout());
  }

  private static FileAppend appended(
      CallResult result, LiveSession session, @Nullable HeldGrant held, long token) {
    if (result instanceof CallResult.Appended appended) {
      return new FileAppend(appended.offset(), appended.length());
    }
    throw failure(result, session, held, token);
  }

  @SuppressWarnings("NullAway") // a Void is always null
  private static Void done(CallResult result, LiveSession session, HeldGrant held) {
    if (result instanceof CallResult.Done) {
      return null;
    }
    throw failure(result, session, held, held.token());
  }

  private static HoldfastException failure(
      CallResult result, LiveSession session, @Nullable HeldGrant held, long token) {
    if (result instanceof CallResult.Refused refused) {
      Refusal refusal = Outcomes.refusal(refused.refused());
      boolean hasOtherLocks =
          refusal.reason() == RefusalReason.NOT_HOLDER && refusal.lock() != null;
      if (hasOtherLocks) {
        return Outcomes.exception(refusal);
      }
      boolean isGone =
          refusal.reason() == RefusalReason.STALE_TOKEN
              || refusal.reason() == RefusalReason.NOT_HOLDER;
      if (held == null && isGone) {
        return Outcomes.lost(token, LossReason.NOT_HELD);
      }
    }
    return held == null
        ? Outcomes.failure(result, session)
        : Outcomes.failure(result, held, session);
  }
}

package dev.holdfast.fencing.http;

import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.GateUnavailableException;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the filters do, without any server of HTTP: looks at the header of a request and lets the
 * request through the gate, or says with which status to refuse it.
 *
 * <table>
 * <caption>Refusals</caption>
 * <tr><td>400</td><td>the header is there, but is not one token: digits only, 1 or more</td></tr>
 * <tr><td>412</td><td>a higher token has been seen: the condition of the request, that its lock is
 * still held, does not hold any more; to send it again does not help</td></tr>
 * <tr><td>428</td><td>the header is missing</td></tr>
 * <tr><td>503</td><td>the gate cannot tell; to send the request again is harmless</td></tr>
 * </table>
 *
 * <p>409 would invite the sender to settle the conflict and send again; 412 says that a condition
 * which the sender put itself is not met, and 428 is its companion for a sender who put none.
 *
 * <p>Immutable, for any number of threads.
 */
public final class RequestGate {
  /** The header, unless another is named. */
  public static final String DEFAULT_HEADER = "Fencing-Token";

  /** The header's value is not a token. */
  public static final int MALFORMED = 400;

  /** A higher token has been seen. */
  public static final int STALE = 412;

  /** The request brings no token. */
  public static final int MISSING = 428;

  /** The gate cannot tell. */
  public static final int UNAVAILABLE = 503;

  private static final Pattern TOKEN = Pattern.compile("[0-9]{1,19}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

  private final FencingGate gate;
  private final String header;

  /**
   * Over a gate.
   *
   * @param gate remembers the tokens; one for all that guards the same resources
   * @param header the name of the header, 1 to 64 characters that HTTP allows in one
   */
  public RequestGate(FencingGate gate, String header) {
    if (!HEADER.matcher(header).matches()) {
      throw new IllegalArgumentException("a header cannot be called '" + header + "'");
    }
    this.gate = gate;
    this.header = header;
  }

  /**
   * What handles a request that was let through.
   *
   * @param <E> what it may throw besides errors of the connection
   */
  @FunctionalInterface
  public interface Handling<E extends Exception> {
    /**
     * Handles it, to the end: what goes on after the return is not guarded any more.
     *
     * @throws IOException the connection failed
     * @throws E handling failed
     */
    void handle() throws IOException, E;
  }

  /** How a request is refused. */
  @FunctionalInterface
  public interface Refusing {
    /**
     * Answers it.
     *
     * @param status one of the four numbers above
     * @param text a sentence for whoever reads it, ending with a line feed
     * @throws IOException the connection failed
     */
    void refuse(int status, String text) throws IOException;
  }

  /** The name of the header. */
  public String header() {
    return header;
  }

  /**
   * Lets a request through the gate, or refuses it. While it is handled, the gate lets no other
   * token through to this resource, a later holder's neither.
   *
   * @param resource what the request writes, as {@link FencingGate} wants it
   * @param values the header's values, as many as the request has; empty if it has none
   * @param handling what to do if it passes
   * @param refusing what to do if not
   * @param <E> what handling may throw
   * @throws IOException the connection failed
   * @throws E what handling threw
   */
  public <E extends Exception> void pass(
      String resource, List<String> values, Handling<E> handling, Refusing refusing)
      throws IOException, E {
    if (values.isEmpty()) {
      refusing.refuse(
          MISSING,
          "The header " + header + " is missing: the fencing token of the lock's grant.\n");
      return;
    }
    long token = token(values);
    if (token < 1) {
      refusing.refuse(
          MALFORMED, "The header " + header + " is one fencing token: digits only, 1 or more.\n");
      return;
    }
    Passage<E> passage = new Passage<>(handling);
    Refusal refusal = tryToPass(resource, token, passage);
    if (refusal != null) {
      refusing.refuse(refusal.status, refusal.text);
    }
    passage.rethrow();
  }

  private record Refusal(int status, String text) {}

  private @Nullable Refusal tryToPass(String resource, long token, Passage<?> passage) {
    try {
      gate.<@Nullable Void, RuntimeException>write(resource, token, passage::go);
      return null;
    } catch (StaleTokenException e) {
      return new Refusal(
          STALE,
          "Fencing token "
              + e.token()
              + " is stale, "
              + e.highestToken()
              + " has been seen: the lock was lost to a later holder.\n");
    } catch (GateUnavailableException e) {
      return new Refusal(UNAVAILABLE, "The gate cannot tell now whether the token is stale.\n");
    } catch (IllegalArgumentException e) {
      return new Refusal(MALFORMED, "There can be no resource of that name.\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Refusal(UNAVAILABLE, "The server is about to stop.\n");
    }
  }

  /** 0 if it is none. */
  private static long token(List<String> values) {
    String text = values.get(0).strip();
    if (values.size() > 1 || !TOKEN.matcher(text).matches()) {
      return 0;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException tooLarge) {
      return 0;
    }
  }

  /** Keeps what handling throws apart from what the gate throws. */
  private static final class Passage<E extends Exception> {
    private final Handling<E> handling;
    private @Nullable Throwable thrown;

    Passage(Handling<E> handling) {
      this.handling = handling;
    }

    // Whatever it is, it is thrown once the gate is left.
    @SuppressWarnings("IllegalCatch")
    @Nullable Void go() {
      try {
        handling.handle();
      } catch (Throwable e) {
        thrown = e;
      }
      return null;
    }

    /** Handling threw one of these, or an E: there is nothing else that it may throw. */
    @SuppressWarnings("unchecked")
    void rethrow() throws IOException, E {
      Throwable e = thrown;
      if (e instanceof IOException failed) {
        throw failed;
      } else if (e instanceof RuntimeException failed) {
        throw failed;
      } else if (e instanceof Error failed) {
        throw failed;
      } else if (e != null) {
        throw (E) e;
      }
    }
  }
}

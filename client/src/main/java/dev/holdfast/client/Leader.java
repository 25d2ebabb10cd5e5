package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who leads an election, and what it has proclaimed. Immutable. */
public final class Leader {
  private final FencingToken token;
  private final SessionId session;
  private final String owner;
  private final byte @Nullable [] proclamation;

  Leader(FencingToken token, SessionId session, String owner, byte @Nullable [] proclamation) {
    this.token = token;
    this.session = session;
    this.owner = owner;
    this.proclamation = proclamation;
  }

  /** Its fencing token; a later leader has a larger one. */
  public FencingToken token() {
    return token;
  }

  /** The session that leads. */
  public SessionId session() {
    return session;
  }

  /** Who in that session. */
  public String owner() {
    return owner;
  }

  /** What this leader has proclaimed; empty as long as it has not, whatever earlier ones did. */
  public Optional<byte[]> proclamation() {
    return Optional.ofNullable(proclamation).map(byte[]::clone);
  }

  /** The same as UTF-8. */
  public Optional<String> text() {
    return Optional.ofNullable(proclamation)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  Leader proclaiming(byte @Nullable [] bytes) {
    return new Leader(token, session, owner, bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Leader that
        && token.equals(that.token)
        && session.equals(that.session)
        && owner.equals(that.owner)
        && Arrays.equals(proclamation, that.proclamation);
  }

  @Override
  public int hashCode() {
    return token.hashCode();
  }

  @Override
  public String toString() {
    return "session "
        + session
        + " ("
        + owner
        + ") with token "
        + token
        + text().map(text -> ": " + text).orElse("");
  }
}

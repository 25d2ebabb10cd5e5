package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.DumpPart;
import dev.holdfast.client.LockHolder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;

/**
 * One grant of one lock, in terms that depend on the map alone: points of the cluster's clock, not
 * lengths of time as of now.
 *
 * @param lock the lock
 * @param mode how it is held
 * @param token the fencing token
 * @param session whose
 * @param owner who in that session
 * @param grantedAtMillis when, on the cluster's clock
 * @param expiresAtMillis the end of a fixed lease, on the cluster's clock; -1 when kept alive with
 *     the session
 * @param clientId the client's UUID
 * @param label what the session says about itself
 */
record DumpLine(
    String lock,
    String mode,
    long token,
    long session,
    String owner,
    long grantedAtMillis,
    long expiresAtMillis,
    String clientId,
    String label) {
  static final Columns<DumpLine> COLUMNS =
      new Columns<DumpLine>()
          .text("lock", "LOCK", DumpLine::lock)
          .text("mode", "MODE", DumpLine::mode)
          .number("token", "TOKEN", DumpLine::token)
          .number("session", "SESSION", DumpLine::session)
          .text("owner", "OWNER", DumpLine::owner)
          .number("granted_at_ms", "GRANTED AT", DumpLine::grantedAtMillis)
          .number("expires_at_ms", "EXPIRES AT", DumpLine::expiresAtMillis)
          .text("client_id", "CLIENT ID", DumpLine::clientId)
          .text("label", "LABEL", DumpLine::label);

  static List<DumpLine> sorted(List<DumpPart> parts) {
    return parts.stream()
        .flatMap(
            part -> part.holders().stream().map(holder -> of(holder, part.info().clockMillis())))
        .sorted(Comparator.comparing(DumpLine::lock).thenComparingLong(DumpLine::token))
        .toList();
  }

  /** Tab-separated, control characters escaped; no line feed. */
  String text() {
    return String.join(
        "\t",
        Text.printable(lock),
        mode,
        Long.toString(token),
        Long.toString(session),
        Text.printable(owner),
        Long.toString(grantedAtMillis),
        expiresAtMillis < 0 ? "-" : Long.toString(expiresAtMillis),
        Text.printable(clientId),
        Text.printable(label));
  }

  /**
   * Of the lines as {@code dump} writes them, each with its line feed: {@code sha256sum} says the
   * same.
   */
  static String sha256(List<DumpLine> lines) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (DumpLine line : lines) {
        digest.update((line.text() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return Text.hex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static DumpLine of(LockHolder holder, long clockMillis) {
    return new DumpLine(
        holder.lock(),
        Views.how(holder.mode(), holder.permits()),
        holder.token(),
        holder.sessionId(),
        holder.owner(),
        clockMillis - holder.heldMillis(),
        holder.leaseLeftMillis() < 0 ? -1 : clockMillis + holder.leaseLeftMillis(),
        holder.clientId(),
        holder.label());
  }
}

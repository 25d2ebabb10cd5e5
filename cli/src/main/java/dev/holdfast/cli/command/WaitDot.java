package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.WaitInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The graph of waiting as Graphviz reads it: owners, and an arrow to whoever is in the way. */
final class WaitDot {
  private final StringBuilder text = new StringBuilder();

  private WaitDot() {}

  static String of(List<WaitInfo> waits) {
    WaitDot dot = new WaitDot();
    dot.write(waits);
    return dot.text.toString();
  }

  private void write(List<WaitInfo> waits) {
    text.append("digraph waits {\n  rankdir=LR;\n  node [shape=box];\n");
    Map<String, String> nodes = new LinkedHashMap<>();
    for (WaitInfo wait : waits) {
      nodes.put(waiter(wait), label(wait.owner(), session(wait), wait.label()));
    }
    for (WaitInfo wait : waits) {
      nodes.putIfAbsent(inTheWay(wait), label(wait));
    }
    nodes.forEach(
        (id, label) ->
            text.append("  ").append(id).append(" [label=").append(label).append("];\n"));
    for (WaitInfo wait : waits) {
      text.append("  ").append(waiter(wait)).append(" -> ").append(inTheWay(wait));
      text.append(" [label=").append(quoted(arrow(wait))).append(style(wait)).append("];\n");
    }
    text.append("}\n");
  }

  private static long session(WaitInfo wait) {
    return wait.request().sessionId().value();
  }

  private static String waiter(WaitInfo wait) {
    return quoted(session(wait) + "/" + wait.owner());
  }

  /** A reservation is nobody's, so it is a node of its own. */
  private static String inTheWay(WaitInfo wait) {
    return wait.kind() == WaitInfo.Kind.RESERVED
        ? quoted("reservation " + wait.byToken())
        : quoted(wait.bySessionId() + "/" + wait.byOwner());
  }

  private static String label(WaitInfo wait) {
    return wait.kind() == WaitInfo.Kind.RESERVED
        ? quoted("reservation after grant " + wait.byToken())
        : label(wait.byOwner(), wait.bySessionId(), wait.byLabel());
  }

  private static String label(String owner, long sessionId, String label) {
    return quoted(owner + " of session " + sessionId + (label.isEmpty() ? "" : ": " + label));
  }

  private static String arrow(WaitInfo wait) {
    return WaitWords.form(wait.wantedMode(), wait.wantedPermits())
        + " on "
        + wait.lock()
        + " / "
        + WaitWords.form(wait.byMode(), wait.byPermits());
  }

  private static String style(WaitInfo wait) {
    return switch (wait.kind()) {
      case HELD -> "";
      case QUEUED -> ", style=dashed";
      case RESERVED -> ", style=dotted";
    };
  }

  /** In quotes a backslash begins an escape, so that every one is doubled. */
  private static String quoted(String any) {
    return "\"" + Text.printable(any).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}

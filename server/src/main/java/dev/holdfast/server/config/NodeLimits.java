package dev.holdfast.server.config;

import dev.holdfast.core.FixedLimit;
import dev.holdfast.server.door.NodeLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bounds that a node works with, as it tells them. */
public final class NodeLimits {
  /** Beside the doors that are open: what concerns clients, not the nodes among themselves. */
  private static final List<String> SECTIONS =
      List.of("client.", "limits.", "watches.", "proposer.", "ownership.");

  private NodeLimits() {}

  /** Those that are set, in the order of the keys; then those that nobody can set. */
  public static List<NodeLimit> of(ResolvedConfig resolved) {
    List<String> sections = new ArrayList<>(SECTIONS);
    resolved.doors().forEach(door -> sections.add("doors." + door.factory().name() + "."));
    List<NodeLimit> limits = new ArrayList<>();
    for (ConfigKeys.Setting setting : ConfigKeys.settings(resolved.config())) {
      String key = setting.path();
      boolean bounds = key.endsWith("-max") || key.endsWith("-min");
      if (bounds && sections.stream().anyMatch(key::startsWith)) {
        limits.add(limit(key, setting.value()));
      }
    }
    for (FixedLimit each : FixedLimit.all()) {
      limits.add(new NodeLimit(each.name(), each.value(), each.unit(), true));
    }
    return List.copyOf(limits);
  }

  private static NodeLimit limit(String key, @Nullable Object value) {
    return switch (value) {
      case DataSize size -> new NodeLimit(key, size.bytes(), FixedLimit.Unit.BYTES, false);
      case Duration time -> new NodeLimit(key, time.toMillis(), FixedLimit.Unit.MILLIS, false);
      case Integer count -> new NodeLimit(key, count, FixedLimit.Unit.COUNT, false);
      case Long count -> new NodeLimit(key, count, FixedLimit.Unit.COUNT, false);
      case null, default -> throw new IllegalStateException(key + " is no bound: " + value);
    };
  }
}

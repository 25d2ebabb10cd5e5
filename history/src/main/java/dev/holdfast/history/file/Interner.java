package dev.holdfast.history.file;

import dev.holdfast.history.Demand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what is read again and again once: names of locks, owners, nodes. Bounded. */
final class Interner {
  private static final int KEPT_MAX = 1 << 20;
  private static final int LENGTH_MAX = 256;

  private final Map<String, String> texts = new HashMap<>();
  private final Map<List<Demand>, List<Demand>> demands = new HashMap<>();

  String text(String text) {
    if (text.length() > LENGTH_MAX || texts.size() >= KEPT_MAX) {
      return text;
    }
    String known = texts.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  List<Demand> demands(List<Demand> list) {
    List<Demand> copy = List.copyOf(list);
    if (demands.size() >= KEPT_MAX) {
      return copy;
    }
    List<Demand> known = demands.putIfAbsent(copy, copy);
    return known == null ? copy : known;
  }
}

package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;

/** Reads lists of endpoints as people write them. */
final class EndpointList {
  private static final int ENDPOINTS_MAX = 64;

  private EndpointList() {}

  /**
   * The endpoints of a list, each with a port.
   *
   * @throws IllegalArgumentException naming what is no endpoint
   */
  static List<String> parse(String list) {
    List<String> endpoints = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      if (!part.isBlank()) {
        String endpoint = withPort(part.strip());
        if (!endpoints.contains(endpoint)) {
          endpoints.add(endpoint);
        }
      }
    }
    if (endpoints.isEmpty() || endpoints.size() > ENDPOINTS_MAX) {
      throw new IllegalArgumentException(
          "1 to "
              + ENDPOINTS_MAX
              + " endpoints are needed, apart by commas, for instance 127.0.0.1:5470; not '"
              + list
              + "'");
    }
    return List.copyOf(endpoints);
  }

  private static String withPort(String part) {
    int colon = part.lastIndexOf(':');
    boolean bareIpv6 = part.indexOf(':') != colon && part.matches("[0-9a-fA-F:.]+");
    if (bareIpv6) {
      return "[" + part + "]:" + Holdfast.DEFAULT_PORT;
    }
    if (colon < 0 || part.endsWith("]")) {
      return part + ":" + Holdfast.DEFAULT_PORT;
    }
    if (colon == 0
        || (part.indexOf(':') != colon && !part.startsWith("["))
        || part.contains("/")
        || !isPort(part.substring(colon + 1))) {
      throw new IllegalArgumentException(
          "'" + part + "' is no endpoint: write host:port, with a port from 1 to 65535");
    }
    return part;
  }

  private static boolean isPort(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65_535;
  }
}

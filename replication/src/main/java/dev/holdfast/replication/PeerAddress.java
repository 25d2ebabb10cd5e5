package dev.holdfast.replication;

import java.util.regex.Pattern;

/**
 * A host and a port.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 1 to 65535
 */
public record PeerAddress(String host, int port) {
  /** Without {@code !}, into which {@code :} is turned where the engine does not take it. */
  private static final Pattern NAME_OR_IPV4 = Pattern.compile("[!-~&&[^!:@\\[\\]]]+");

  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  public PeerAddress {
    if (!NAME_OR_IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      throw new IllegalArgumentException("'" + host + "' is neither a host name nor an IP address");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
  }

  /** Reads {@code host:port}; an IPv6 address stands in brackets. */
  public static PeerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon));
    boolean inBrackets = host.startsWith("[") && host.endsWith("]");
    if (host.isEmpty() || host.contains(":") != inBrackets) {
      throw malformed(text);
    }
    try {
      return new PeerAddress(
          inBrackets ? host.substring(1, host.length() - 1) : host,
          Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no address: write host:port, such as 10.0.0.1:5472 or [::1]:5472");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

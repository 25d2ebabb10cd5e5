package dev.holdfast.replication;

/**
 * A host and a port.
 *
 * @param host a name or an IPv4 address; without {@code :}, {@code @} and blanks
 * @param port 1 to 65535
 */
public record PeerAddress(String host, int port) {
  public PeerAddress {
    if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == ':' || c == '@' || c > '~')) {
      throw new IllegalArgumentException("not a host name or an IPv4 address: '" + host + "'");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535: " + port);
    }
  }

  /** Reads {@code host:port}. */
  public static PeerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("an address is host:port: '" + text + "'");
    }
    try {
      return new PeerAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("an address is host:port: '" + text + "'", e);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}

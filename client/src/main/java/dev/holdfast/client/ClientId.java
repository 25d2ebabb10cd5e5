package dev.holdfast.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The UUID that a client makes for itself from user information.
 *
 * <p>Its form: a name-based UUID (version 8, RFC 9562) of the text {@code
 * holdfast:<user>@<host>:<pid>:<nonce>} in UTF-8, where the nonce is 32 hexadecimal digits: the
 * first 128 bits of the text's SHA-256, with version and variant put in. So the same user, host,
 * process and nonce make the same UUID everywhere, and the random nonce makes different clients
 * differ.
 */
public final class ClientId {
  private static final SecureRandom RANDOM = new SecureRandom();

  private ClientId() {}

  /** A fresh one for this process. */
  public static UUID create() {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return of(user(), host(), ProcessHandle.current().pid(), HexFormat.of().formatHex(nonce));
  }

  /**
   * The UUID for these.
   *
   * @param user the user's name
   * @param host the machine's name
   * @param pid the process
   * @param nonce what makes it unique
   */
  public static UUID of(String user, String host, long pid, String nonce) {
    String text = "holdfast:" + user + "@" + host + ":" + pid + ":" + nonce;
    byte[] hash = sha256(text.getBytes(StandardCharsets.UTF_8));
    long high = 0;
    long low = 0;
    for (int i = 0; i < 8; i++) {
      high = (high << 8) | (hash[i] & 0xff);
      low = (low << 8) | (hash[i + 8] & 0xff);
    }
    return new UUID((high & ~0xf000L) | 0x8000L, (low & 0x3fffffffffffffffL) | 0x8000000000000000L);
  }

  static String user() {
    return System.getProperty("user.name", "unknown");
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name: the nonce still makes the id unique
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

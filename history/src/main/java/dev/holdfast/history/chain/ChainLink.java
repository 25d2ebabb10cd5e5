package dev.holdfast.history.chain;

import java.util.HexFormat;

/**
 * A place in a chain.
 *
 * @param number the record's number; the first one is 1
 * @param hash SHA-256 of the chain with the record, 64 hexadecimal digits
 */
public record ChainLink(long number, String hash) {
  /** Before the first record. */
  public static final ChainLink NONE = of(0, new byte[Frames.HASH_BYTES]);

  static ChainLink of(long number, byte[] hash) {
    return new ChainLink(number, HexFormat.of().formatHex(hash));
  }

  byte[] hashBytes() {
    return HexFormat.of().parseHex(hash);
  }

  boolean is(long otherNumber, byte[] otherHash) {
    return equals(of(otherNumber, otherHash));
  }

  @Override
  public String toString() {
    return number + " " + hash;
  }
}

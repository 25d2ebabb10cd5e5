package dev.holdfast.server.door;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** Names of operations, under which they are done once. */
public final class OperationIds {
  private static final int BYTES = 16;

  private OperationIds() {}

  /** Never the same twice. */
  public static Supplier<ByteString> random() {
    SecureRandom random = new SecureRandom();
    return () -> {
      byte[] id = new byte[BYTES];
      random.nextBytes(id);
      return ByteString.copyFrom(id);
    };
  }

  /** The same for the same words, at every node: the beginning of their SHA-256. */
  public static ByteString of(String words) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(ByteString.copyFromUtf8(words).toByteArray());
      return ByteString.copyFrom(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

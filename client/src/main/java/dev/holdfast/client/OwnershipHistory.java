package dev.holdfast.client;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who held what in the past: every node keeps a hash-chained record of it, and answers from its
 * own. Safe for use by many threads; every call blocks until it is answered, and throws what {@link
 * HoldfastAdmin} says of questions. A node that does not keep the record refuses with {@link
 * LockRefusedException}.
 */
public interface OwnershipHistory {
  /**
   * Who held a lock at a point.
   *
   * @param lock its name; who held a lock above or below it is not told
   */
  PastOwners ownersAt(String lock, PastPoint at);

  /**
   * All who held a lock at some moment between two points, the latest first.
   *
   * @param lock its name
   * @param from null: from the beginning of what is known
   * @param to null: until now
   * @param limit most owners to tell, 1 to 10,000
   */
  PastOwners ownersBetween(
      String lock, @Nullable PastPoint from, @Nullable PastPoint to, int limit);

  /**
   * Makes a node prove its record from one end to the other.
   *
   * @param endpoint host:port
   */
  OwnershipProof prove(String endpoint);

  /**
   * Copies a node's record.
   *
   * @param endpoint host:port
   * @param records told each one in order, by the calling thread
   */
  void export(String endpoint, Consumer<ExportedRecord> records);

  /**
   * A record as it is in a node's file.
   *
   * @param number its place in the chain
   * @param record the bytes of an {@code OwnershipRecord}, in Base64
   * @param hash SHA-256 of the hash before and the record's bytes, in hexadecimal digits
   * @param previousHash the hash before; of the first record only, otherwise empty
   * @param head whether it is none of these but the head of a file, which says where in the chain
   *     the file belongs
   */
  record ExportedRecord(
      long number, String record, String hash, String previousHash, boolean head) {}
}

package dev.holdfast.server.ownership;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.history.chain.ChainHead;
import dev.holdfast.history.chain.ChainReader;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.io.IOException;

/** Hears of the records of a chain in the words of ownership. */
interface RecordVisitor {
  /** A file begins. */
  void head(ChainHead head);

  /** A record. */
  void record(OwnershipRecord record);

  /** Reads records for a visitor. */
  static ChainReader.Visitor of(RecordVisitor visitor) {
    return (number, head, record, hash) -> {
      if (head != null) {
        visitor.head(head);
      } else {
        visitor.record(parse(number, record));
      }
    };
  }

  /** Reads a record, which was written by another version if it cannot be. */
  static OwnershipRecord parse(long number, byte[] record) throws IOException {
    try {
      return OwnershipRecord.parseFrom(record);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("record " + number + " is none of an ownership history", e);
    }
  }
}

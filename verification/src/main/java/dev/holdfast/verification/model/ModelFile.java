package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;

/**
 * A file that was written to.
 *
 * @param openToken at whose unclean end it is cut off at {@code openOffset}; 0 if at none
 */
record ModelFile(
    String name, ByteString data, long token, long revision, long openToken, int openOffset) {

  ModelFile openedBy(long newOpenToken) {
    return new ModelFile(
        name, data, token, revision, newOpenToken, newOpenToken == 0 ? 0 : openOffset);
  }
}

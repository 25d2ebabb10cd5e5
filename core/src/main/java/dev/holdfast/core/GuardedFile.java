package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.FileRecord;

/**
 * What is known of a file beside its bytes. Immutable.
 *
 * @param token of the last append
 * @param revision of the last append, or of the last roll-back
 * @param openToken the grant at whose unclean end the file is cut off at {@code openOffset}; 0 if
 *     none
 */
record GuardedFile(
    String name, long length, long token, long revision, long openToken, long openOffset) {

  static GuardedFile of(FileRecord row) {
    return new GuardedFile(
        row.getFile(),
        row.getLength(),
        row.getToken(),
        row.getRevision(),
        row.getOpenToken(),
        row.getOpenOffset());
  }

  FileRecord toRecord() {
    return FileRecord.newBuilder()
        .setFile(name)
        .setLength(length)
        .setToken(token)
        .setRevision(revision)
        .setOpenToken(openToken)
        .setOpenOffset(openOffset)
        .build();
  }

  /** The same file, to be cut off at the end of another grant; of none, if that is 0. */
  GuardedFile openedBy(long newOpenToken) {
    return new GuardedFile(
        name, length, token, revision, newOpenToken, newOpenToken == 0 ? 0 : openOffset);
  }

  /** The same file without what was open. */
  GuardedFile rolledBack(long newRevision) {
    return new GuardedFile(name, openOffset, token, newRevision, 0, 0);
  }

  FileInfo info() {
    return new FileInfo(name, length, token, revision, openToken);
  }
}

package dev.holdfast.core;

/**
 * A file of the cluster as it is now.
 *
 * @param length in bytes
 * @param token the fencing token of the last append; 0 if there was none
 * @param revision of the last append, or roll-back; 0 if there was none
 * @param openToken the grant at whose unclean end the last appends are cut off again; 0 if none
 */
public record FileInfo(String name, long length, long token, long revision, long openToken) {}

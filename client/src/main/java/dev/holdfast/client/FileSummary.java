package dev.holdfast.client;

/**
 * A file of the cluster, without its bytes.
 *
 * @param name its name
 * @param length in bytes
 * @param token the fencing token of the last append; 0 if there was none
 * @param revision of the last append, or of the last roll-back; 0 if there was none
 * @param openToken the grant at whose unclean end the last appends are cut off again; 0 if none
 */
public record FileSummary(String name, long length, long token, long revision, long openToken) {}

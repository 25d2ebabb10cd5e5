package dev.holdfast.client;

/**
 * Where in a file an append stands.
 *
 * @param offset of its first byte, counted from 0
 * @param length the file's length with it, in bytes
 */
public record FileAppend(long offset, long length) {}

package dev.holdfast.client;

/**
 * Bytes of a file, and what the file was when they were read.
 *
 * @param info how fresh this is
 * @param file the whole file
 * @param offset of the first byte, counted from 0
 * @param data not to be changed; empty at the file's end
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares parts
public record FilePart(ReadInfo info, FileSummary file, long offset, byte[] data) {}

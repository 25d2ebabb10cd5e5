package dev.holdfast.cli.demo.fencing;

import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastFiles.Orphan;
import dev.holdfast.client.LockLostException;
import dev.holdfast.protocol.FencingToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file to which whoever changes the account appends. */
interface Journal {
  /** The file of the cluster. */
  String NAME = "demo-account";

  /** Everything that stands in it. */
  String text() throws IOException;

  /**
   * Appends, without looking whether the lock is still held.
   *
   * @param token under which it is written
   * @param piece what to append
   * @throws LockLostException the token is looked at, and is not the present one any more
   */
  void append(FencingToken token, String piece) throws IOException;

  /** A file of the cluster, which looks at the token, and rolls back what an orphan appended. */
  record OfCluster(Holdfast client) implements Journal {
    @Override
    public String text() {
      return new String(client.files().reader().readAll(NAME), StandardCharsets.UTF_8);
    }

    @Override
    public void append(FencingToken token, String piece) {
      client.files().append(token, NAME, piece.getBytes(StandardCharsets.UTF_8), Orphan.ROLL_BACK);
    }
  }

  /** A file of this machine, which takes whatever comes. */
  record OfMachine(Path file) implements Journal {
    @Override
    public String text() throws IOException {
      return Files.exists(file) ? Files.readString(file) : "";
    }

    @Override
    public void append(FencingToken token, String piece) throws IOException {
      Files.writeString(file, piece, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}

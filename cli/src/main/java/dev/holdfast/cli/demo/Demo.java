package dev.holdfast.cli.demo;

import dev.holdfast.cli.local.LocalCluster;
import java.nio.file.Path;

/** One demonstration. */
interface Demo {
  /** The word for the command line. */
  String name();

  /** What it shows, one line. */
  String title();

  /**
   * Plays it, on the calling thread.
   *
   * @param story where it is told and checked
   * @param cluster three nodes that are not started yet; the caller stops them
   * @param folder for its own files
   * @throws DemoFailedException something is not as it must be
   * @throws InterruptedException interrupted; what it started besides the nodes has been ended
   */
  void play(Story story, LocalCluster cluster, Path folder) throws InterruptedException;
}

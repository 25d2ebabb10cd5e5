package dev.holdfast.verification.system;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another program's main in this process, and ends the process when its standard input does:
 * that is the end of the tests' process, however it came about. So no child outlives a run.
 */
public final class Child {
  private Child() {}

  /**
   * Runs.
   *
   * @param args the class whose main is to be run, then its arguments
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().daemon().name("holdfast-child-guard").start(Child::endWithParent);
    try {
      Class.forName(args[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void endWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("child: cannot tell whether the tests still run, so this ends: " + e);
    }
    Runtime.getRuntime().halt(137);
  }
}

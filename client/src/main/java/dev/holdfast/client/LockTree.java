package dev.holdfast.client;

/**
 * Locks on the nodes of a tree of names: a lock on {@code a/b} stands for everything below it, at
 * the cost of its depth, however many names there are below.
 *
 * <table>
 * <caption>What stands in the way of what, on one path or above and below it</caption>
 * <tr><th></th><th>mode</th><th>goes together with</th></tr>
 * <tr><td>{@link #read}</td><td>S</td><td>readers of the same, of parts, of the whole</td></tr>
 * <tr><td>{@link #write}</td><td>X</td><td>nobody at the path or below it</td></tr>
 * <tr><td>{@link #readAndWriteParts}</td><td>SIX</td><td>readers of parts</td></tr>
 * <tr><td>{@link #readParts}</td><td>IS</td><td>all but a writer of the whole</td></tr>
 * <tr><td>{@link #writeParts}</td><td>IX</td><td>readers and writers of other parts</td></tr>
 * </table>
 *
 * <p>The last three announce what is to be done below. Nobody has to: to lock {@code a/b/c}
 * announces it at {@code a} and {@code a/b} by itself. They are for those who want to be sure of
 * the whole at once, before they go for the parts with the <em>same owner</em> ({@link
 * AcquireRequest#owner}).
 *
 * <p>Each method makes a {@link MultiLock} of one lock; several are put together with {@link
 * Holdfast#multiLock}. Immutable, safe for use by many threads.
 */
public final class LockTree {
  private final AsyncLocks async;
  private final String root;

  LockTree(AsyncLocks async, String root) {
    if (!root.isEmpty()) {
      new Demand(root, Mode.X); // refuses what is no name
    }
    this.async = async;
    this.root = root;
  }

  /** The path from which the others count; empty for all names. */
  public String root() {
    return root;
  }

  /** The tree below a path of this one. */
  public LockTree subtree(String path) {
    return new LockTree(async, full(path));
  }

  /** Everything at and below the path, to read it. */
  public MultiLock read(String path) {
    return at(path, Mode.S);
  }

  /** Everything at and below the path, for oneself alone. */
  public MultiLock write(String path) {
    return at(path, Mode.X);
  }

  /** Everything at and below the path to read it, and parts of it to write them. */
  public MultiLock readAndWriteParts(String path) {
    return at(path, Mode.SIX);
  }

  /** Parts of what is below the path, to read them. */
  public MultiLock readParts(String path) {
    return at(path, Mode.IS);
  }

  /** Parts of what is below the path, to write them. */
  public MultiLock writeParts(String path) {
    return at(path, Mode.IX);
  }

  /** The demand for a path in a mode, for requests with several. */
  public Demand demand(String path, Mode mode) {
    return new Demand(full(path), mode);
  }

  private MultiLock at(String path, Mode mode) {
    return new MultiLock(async, AcquireRequest.of(demand(path, mode)));
  }

  private String full(String path) {
    if (root.isEmpty()) {
      return path;
    }
    return path.isEmpty() ? root : root + "/" + path;
  }

  @Override
  public String toString() {
    return "locks below '" + root + "'";
  }
}

package dev.holdfast.client.grpc;

import io.grpc.Status;

/** What went wrong below a call, for a person: what gRPC says, and what it probably means. */
public final class GrpcProblem {
  /** How a fatal TLS alert begins, in the words of gRPC's dump of what arrived. */
  private static final String TLS_ALERT = "1503";

  private static final String NO_HTTP2 = "First received frame was not SETTINGS";
  private static final String HUNG_UP = "Network closed for unknown reason";

  private GrpcProblem() {}

  /**
   * A sentence about a failed call.
   *
   * @param status how it failed
   */
  public static String sentence(Status status) {
    String text =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    Throwable cause = status.getCause();
    String all = cause == null ? text : text + " (" + cause.getMessage() + ")";
    return all + hint(all);
  }

  private static String hint(String text) {
    int begin = text.indexOf(NO_HTTP2);
    if (begin >= 0) {
      boolean tls = text.indexOf(TLS_ALERT, begin) >= 0;
      return tls
          ? "; this port wants TLS: tell the client whom to trust (ClientTls, or --tls-trust on the"
              + " command line)"
          : "; this is no Holdfast node's port for clients: look up client.bind in the node's"
              + " configuration";
    }
    return text.contains(HUNG_UP)
        ? "; the connection was closed without a word: the node went down, or its port wants TLS,"
            + " or this is not its port for clients (client.bind in its configuration)"
        : "";
  }
}

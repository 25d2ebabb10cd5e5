package dev.holdfast.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.holdfast.server.config.NodeConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes logs to stderr: lines of {@code key=value} pairs, or of JSON, each with the node's id. */
final class LogSetup {
  private static final String LINE =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\",UTC} level=%level node=%property{node} thread=%thread"
          + " logger=%logger{0} %msg%n";

  /** Its traces fill pages when a disk is full, and say nothing that a node's operator can use. */
  private static final String ENGINE = "com.alipay.sofa.jraft";

  /** Kept, or the levels that are set on it may be collected with it. */
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private LogSetup() {}

  /** Must come before the first line that is logged. */
  static void apply(NodeConfig.Log log, String nodeId) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    context.putProperty("node", nodeId);
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(stderr(log.format(), true, context));
    root.setLevel(Level.WARN);
    ch.qos.logback.classic.Logger engine = context.getLogger(ENGINE);
    engine.addAppender(stderr(log.format(), log.level() == NodeConfig.LogLevel.DEBUG, context));
    engine.setAdditive(false);
    context.getLogger("dev.holdfast").setLevel(Level.toLevel(log.level().name()));
    GRPC.setLevel(java.util.logging.Level.WARNING);
  }

  private static ConsoleAppender<ILoggingEvent> stderr(
      NodeConfig.LogFormat format, boolean withTraces, LoggerContext context) {
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder(format, withTraces, context));
    stderr.start();
    return stderr;
  }

  private static Encoder<ILoggingEvent> encoder(
      NodeConfig.LogFormat format, boolean withTraces, LoggerContext context) {
    return switch (format) {
      case TEXT -> {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(LINE + (withTraces ? "%xException{20}" : "%nopex"));
        text.start();
        yield text;
      }
      case JSON -> {
        JsonEncoder json = new JsonEncoder();
        json.setContext(context);
        json.setWithThrowable(withTraces);
        json.start();
        yield json;
      }
    };
  }
}

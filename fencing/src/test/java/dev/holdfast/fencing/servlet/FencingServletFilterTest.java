package dev.holdfast.fencing.servlet;

import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.http.FencedServerContract;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.io.TempDir;

/** In a real container. */
final class FencingServletFilterTest extends FencedServerContract {
  /** Held, for a logger that nobody holds forgets its level. */
  private static final Logger CONTAINER = Logger.getLogger("org.apache");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Tomcat tomcat;

  private static final class Writing extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Handler handler;

    Writing(Handler handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      handler.handle(request.getRequestURI());
      response.getOutputStream().print("done");
    }
  }

  @Override
  protected int start(FencingGate gate, String header, Handler handler) throws Exception {
    CONTAINER.setLevel(Level.OFF);
    tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "writing", new Writing(handler));
    context.addServletMappingDecoded("/", "writing");
    FilterDef filter = new FilterDef();
    filter.setFilterName("fencing");
    filter.setFilter(
        FencingServletFilter.of(
            gate,
            header,
            request ->
                request.getMethod().equals("GET")
                    ? Optional.empty()
                    : Optional.of(request.getRequestURI())));
    context.addFilterDef(filter);
    FilterMap everything = new FilterMap();
    everything.setFilterName("fencing");
    everything.addURLPattern("/*");
    context.addFilterMap(everything);
    tomcat.start();
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  protected void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }
}

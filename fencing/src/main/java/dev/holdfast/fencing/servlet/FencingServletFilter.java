package dev.holdfast.fencing.servlet;

import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.http.RequestGate;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fencing for servlet containers (Servlet 5 and later, {@code jakarta.servlet}): register an
 * instance, {@code servletContext.addFilter("fencing", FencingServletFilter.of(gate, ...))}.
 *
 * <p>Statuses of refusals are told at {@link RequestGate}. Put it behind whatever decides who may
 * write. Do not register it with support for asynchronous requests: what goes on after the return
 * of the servlet is not guarded, and without that support the container refuses {@code
 * startAsync()}.
 *
 * <p>For any number of threads. The gate is not written out if the filter is serialized, which
 * containers do not do.
 */
public final class FencingServletFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient RequestGate gate;
  private final transient Function<HttpServletRequest, Optional<String>> resource;

  private FencingServletFilter(
      RequestGate gate, Function<HttpServletRequest, Optional<String>> resource) {
    this.gate = gate;
    this.resource = resource;
  }

  /**
   * With the header {@value RequestGate#DEFAULT_HEADER}.
   *
   * @param gate remembers the tokens
   * @param resource what a request writes, named as {@link FencingGate} wants it; empty if the
   *     request needs no token, as one that only reads
   */
  public static FencingServletFilter of(
      FencingGate gate, Function<HttpServletRequest, Optional<String>> resource) {
    return of(gate, RequestGate.DEFAULT_HEADER, resource);
  }

  /**
   * With another header.
   *
   * @param gate remembers the tokens
   * @param header the name of the header
   * @param resource what a request writes; empty if it needs no token
   */
  public static FencingServletFilter of(
      FencingGate gate, String header, Function<HttpServletRequest, Optional<String>> resource) {
    return new FencingServletFilter(new RequestGate(gate, header), resource);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Optional<String> name = resource.apply(request);
    if (name.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    List<String> values = Collections.list(request.getHeaders(gate.header()));
    gate.<ServletException>pass(
        name.get(),
        values,
        () -> chain.doFilter(request, response),
        (status, text) -> refuse(response, status, text));
  }

  private static void refuse(HttpServletResponse response, int status, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("text/plain; charset=utf-8");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}

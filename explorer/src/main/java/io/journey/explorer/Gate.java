package io.journey.explorer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.IntSupplier;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets in who has the address that was printed, and nobody else: pages of other sites that a
 * browser of this machine has open, and programs of other people. A request must name this host,
 * come from a page of it or from none, and bring the token: in the address at the first visit, in a
 * cookie afterwards.
 */
final class Gate extends Handler.Wrapper {
  private static final String QUERY = "token=";

  /** Nothing from elsewhere, nothing in frames, nothing sent away. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String token;
  private final IntSupplier port;

  /**
   * @param token what lets in
   * @param port of the server, once it is started
   */
  Gate(Handler behind, AccessToken token, IntSupplier port) {
    super(behind);
    this.token = token.text();
    this.port = port;
  }

  /** Returns what follows the question mark of the address that is let in. */
  String query() {
    return QUERY + token;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    String why = refusal(request);
    if (why != null) {
      Lines.end(response, callback, 403, why);
      return true;
    }
    if (isOurs(queryToken(request))) {
      HttpCookie cookie =
          HttpCookie.build(cookieName(), token)
              .path("/")
              .httpOnly(true)
              .sameSite(HttpCookie.SameSite.STRICT)
              .build();
      Response.putCookie(response, cookie);
    }
    return super.handle(request, response, callback);
  }

  /** Returns why a request is not let in; null where it is. */
  private String refusal(Request request) {
    HttpFields headers = request.getHeaders();
    List<String> hosts = List.of("127.0.0.1:" + port.getAsInt(), "localhost:" + port.getAsInt());
    List<String> named = headers.getValuesList(HttpHeader.HOST);
    if (named.size() != 1 || !hosts.contains(named.get(0))) {
      return "This is no address of the explorer.";
    }
    List<String> origins =
        headers.getFields(HttpHeader.ORIGIN).stream().map(HttpField::getValue).toList();
    boolean post = HttpMethod.POST.is(request.getMethod());
    if (origins.size() > 1
        || origins.isEmpty() && post
        || origins.size() == 1 && !origins.get(0).equals("http://" + named.get(0))) {
      return "Only the explorer's own page may ask.";
    }
    boolean cookie =
        Request.getCookies(request).stream()
            .anyMatch(c -> c.getName().equals(cookieName()) && isOurs(c.getValue()));
    boolean visit =
        HttpMethod.GET.is(request.getMethod()) && "/".equals(Request.getPathInContext(request));
    return cookie || visit && isOurs(queryToken(request))
        ? null
        : "Open the address that journey explore printed.";
  }

  /** Ports of one host share cookies. */
  private String cookieName() {
    return "journey-" + port.getAsInt();
  }

  private static String queryToken(Request request) {
    String query = request.getHttpURI().getQuery();
    return query != null && query.startsWith(QUERY) ? query.substring(QUERY.length()) : "";
  }

  private boolean isOurs(String offered) {
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.US_ASCII), offered.getBytes(StandardCharsets.UTF_8));
  }
}

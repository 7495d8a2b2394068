package io.journey.explorer;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers of a status and a line: all that who is refused, or meets a defect, gets to see. */
final class Lines extends ErrorHandler {
  /** Answers with a status and a line. */
  static void end(Response response, Callback callback, int status, String line) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    Content.Sink.write(response, true, line + "\n", callback);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    end(response, callback, status, status + " " + HttpStatus.getMessage(status));
    return true;
  }
}

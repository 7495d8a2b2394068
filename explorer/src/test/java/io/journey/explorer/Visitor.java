package io.journey.explorer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Talks to an explorer byte by byte, so that it can say what no browser would. */
final class Visitor {
  private static final int MILLISECONDS = 20_000;

  private final int port;
  private final String query;

  Visitor(Explorer explorer) {
    URI address = URI.create(explorer.address());
    this.port = address.getPort();
    this.query = address.getQuery();
  }

  int port() {
    return port;
  }

  /** What follows the question mark of the address. */
  String query() {
    return query;
  }

  /** The header lines of the explorer's own page, after its first visit. */
  String own() {
    String token = query.substring(query.indexOf('=') + 1);
    return "Host: 127.0.0.1:"
        + port
        + "\r\nOrigin: http://127.0.0.1:"
        + port
        + "\r\nCookie: journey-"
        + port
        + "="
        + token
        + "\r\n";
  }

  /** Sends bytes as they are, and returns all that comes until the other side closes. */
  String send(byte[] request) throws IOException {
    return new String(sendForBytes(request), StandardCharsets.ISO_8859_1);
  }

  byte[] sendForBytes(byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(MILLISECONDS);
      OutputStream out = socket.getOutputStream();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      try {
        out.write(request);
        out.flush();
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        in.transferTo(all);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        // It closed before it had heard all.
      }
      return all.toByteArray();
    }
  }

  String send(String request) throws IOException {
    return send(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A GET of the own page. */
  String get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\n" + own() + "Connection: close\r\n\r\n");
  }

  /** A POST of the own page. */
  String post(String path, String body) throws IOException {
    return post(path, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A POST of bytes. */
  String post(String path, byte[] bytes) throws IOException {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\n"
            + own()
            + "Connection: close\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(head.getBytes(StandardCharsets.ISO_8859_1));
    all.write(bytes);
    return send(all.toByteArray());
  }

  /** The status of an answer, or 0 where there is none. */
  static int status(String answer) {
    Matcher first = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ").matcher(answer);
    return first.lookingAt() ? Integer.parseInt(first.group(1)) : 0;
  }

  /** The content of an answer; of one in chunks, the chunks and their lengths. */
  static String body(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    return end < 0 ? "" : answer.substring(end + 4);
  }
}

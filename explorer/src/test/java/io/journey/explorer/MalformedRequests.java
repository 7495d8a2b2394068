package io.journey.explorer;

import io.journey.random.RandomStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Requests that are wrong in one way or another. */
final class MalformedRequests {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/api/run",
          "/api/ask",
          "/api/steps",
          "/api/near?image=",
          "/picture/",
          "/explorer.js",
          "/../secret.txt",
          "/..%2f..%2f..%2fetc/passwd",
          "/%2e%2e/%2e%2e/etc/passwd",
          "//etc/passwd",
          "/explorer.js/../../secret.txt",
          "/explorer.js%00",
          "/./secret.txt",
          "/secret.txt",
          "/;/secret.txt",
          "/explorer.js;a=b",
          "file:///etc/passwd",
          "http://evil.example/",
          "*",
          "",
          "/%",
          "/%zz",
          "/%c0%ae%c0%ae/etc/passwd",
          "/picture/../../secret.txt",
          "/\\..\\..\\secret.txt",
          "/META-INF/MANIFEST.MF",
          "/io/journey/explorer/Gate.class",
          "/page.css/..",
          "/api/near?image=9999999999");
  private static final List<String> METHODS =
      List.of(
          "GET", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "HEAD", "get", "", "G\0T",
          "PRI");
  private static final List<String> VERSIONS =
      List.of("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9", "", "HTTP/1.1 x", "ICY");
  private static final List<String> HEADERS =
      List.of(
          "Content-Length: -1\r\n",
          "Content-Length: 99999999999999999999\r\n",
          "Content-Length: 10\r\nContent-Length: 20\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
          "Transfer-Encoding: gzip\r\n",
          "Host: evil.example\r\n",
          "Expect: 100-continue\r\n",
          "Upgrade: h2c\r\nConnection: Upgrade\r\nHTTP2-Settings: AAAA\r\n",
          "Range: bytes=0-9999999999\r\n",
          "Cookie: $Version=1; journey=\"\\\r\n",
          ": nameless\r\n",
          "Bad Name: x\r\n",
          " folded: x\r\n",
          "X: \u0000\r\n",
          "Accept-Encoding: " + "gzip,".repeat(400) + "\r\n",
          "X: " + "y".repeat(9000) + "\r\n");
  private static final List<String> BODIES =
      List.of(
          "",
          "{",
          "null",
          "[[[[",
          "{\"client\":1}",
          "zz\r\n",
          "5\r\nab",
          "ffffffffffffffff\r\n",
          "{\"client\":\"a\",\"target\":1e400}",
          "\u0000\u0001\u0002",
          "{\"client\":\"a\",\"target\":0,\"step\":0,\"estimator\":\"../../secret.txt\"}");

  private MalformedRequests() {}

  private static String one(List<String> of, RandomStream random) {
    return of.get(random.nextInt(of.size()));
  }

  /** Returns the next one: parts put together at will, or bytes thrown in. */
  static byte[] next(Visitor visitor, RandomStream random) {
    int kind = random.nextInt(10);
    if (kind == 0) {
      return noise(random, random.nextInt(400));
    }
    String method = kind < 5 ? (random.nextInt(2) == 0 ? "GET" : "POST") : one(METHODS, random);
    String version = kind < 8 ? "HTTP/1.1" : one(VERSIONS, random);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(one(PATHS, random)).append(' ').append(version);
    head.append(kind == 9 ? "\n" : "\r\n");
    if (random.nextInt(5) > 0) {
      head.append(visitor.own());
    }
    for (int extra = random.nextInt(3); extra > 0; extra--) {
      head.append(one(HEADERS, random));
    }
    head.append("Connection: close\r\n");
    String body = one(BODIES, random);
    if (random.nextInt(3) > 0) {
      head.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
    byte[] bytes = out.toByteArray();
    for (int flips = random.nextInt(4) == 0 ? random.nextInt(6) : 0; flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static byte[] noise(RandomStream random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}

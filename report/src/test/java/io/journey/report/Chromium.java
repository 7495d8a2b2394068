package io.journey.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven through the DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final int SECONDS = 30;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new ArrayList<>();
  private WebSocket socket;

  private Chromium(Process process) {
    this.process = process;
  }

  /** The browser of this machine: $CHROMIUM, or the first of the usual names on the path. */
  static Optional<Path> find() {
    String named = System.getenv("CHROMIUM");
    if (named != null && Files.isExecutable(Path.of(named))) {
      return Optional.of(Path.of(named));
    }
    String[] folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> Stream.of(folders).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts a browser.
   *
   * @param profile a new, empty directory
   */
  static Chromium start(Path executable, Path profile) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            executable.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--user-data-dir=" + profile,
            "--remote-debugging-port=0",
            "about:blank");
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Chromium browser = new Chromium(builder.start());
    try {
      browser.connect(profile.resolve("DevToolsActivePort"));
      return browser;
    } catch (Exception e) {
      browser.close();
      throw e;
    }
  }

  private void connect(Path portFile) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IOException("the browser did not open its debugging port");
      }
      Thread.sleep(50);
    }
    String port = Files.readAllLines(portFile).get(0);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
    String list = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    String address = null;
    for (JsonNode target : MAPPER.readTree(list)) {
      if (target.get("type").asText().equals("page")) {
        address = target.get("webSocketDebuggerUrl").asText();
      }
    }
    if (address == null) {
      throw new IOException("the browser has no page: " + list);
    }
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(address), new Receiver())
            .get(SECONDS, TimeUnit.SECONDS);
    send("Emulation.setFocusEmulationEnabled", Json.object().put("enabled", true));
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Json.object());
    }
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void receive(String text) {
    ObjectNode message = Json.parse(text.getBytes(StandardCharsets.UTF_8), "it");
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer = answers.get(message.get("id").asInt());
      if (answer != null) {
        answer.complete(message);
      }
    } else {
      synchronized (events) {
        events.add(message);
        events.notifyAll();
      }
    }
  }

  /** Sends a command and waits for its result. */
  JsonNode send(String method, ObjectNode params)
      throws InterruptedException, ExecutionException, TimeoutException {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode command = Json.object().put("id", id).put("method", method);
    command.set("params", params);
    socket.sendText(command.toString(), true).get(SECONDS, TimeUnit.SECONDS);
    JsonNode message = answer.get(SECONDS, TimeUnit.SECONDS);
    answers.remove(id);
    if (message.has("error")) {
      throw new IllegalStateException(method + ": " + message.get("error"));
    }
    return message.get("result");
  }

  /** What the page has reported so far under this name. */
  List<JsonNode> events(String method) {
    synchronized (events) {
      return events.stream().filter(e -> e.get("method").asText().equals(method)).toList();
    }
  }

  /** Opens a page and waits until it has loaded. */
  void open(String url) throws Exception {
    int before = events("Page.loadEventFired").size();
    send("Page.navigate", Json.object().put("url", url));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    synchronized (events) {
      while (events("Page.loadEventFired").size() == before) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new TimeoutException(url + " did not load");
        }
        events.wait(left);
      }
    }
  }

  /** The value of an expression inside the page. */
  JsonNode evaluate(String expression) throws Exception {
    ObjectNode params = Json.object().put("expression", expression);
    params.put("returnByValue", true).put("awaitPromise", true);
    JsonNode result = send("Runtime.evaluate", params);
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
    }
    return result.get("result").path("value");
  }

  /** Gives the page this size and colour scheme. */
  void show(int width, int height, boolean dark) throws Exception {
    ObjectNode metrics = Json.object().put("width", width).put("height", height);
    send(
        "Emulation.setDeviceMetricsOverride",
        metrics.put("deviceScaleFactor", 1).put("mobile", width < 640));
    ObjectNode media = Json.object();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    send("Emulation.setEmulatedMedia", media);
  }

  /** Presses and releases a key. */
  void press(String key) throws Exception {
    int code =
        Map.of("Tab", 9, "ArrowLeft", 37, "ArrowUp", 38, "ArrowRight", 39).getOrDefault(key, 40);
    for (String type : List.of("rawKeyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Json.object()
              .put("type", type)
              .put("key", key)
              .put("code", key)
              .put("windowsVirtualKeyCode", code));
    }
  }

  /** The whole page, or the part of it one screen shows, as PNG. */
  void screenshot(Path file, boolean whole) throws Exception {
    JsonNode shot =
        send(
            "Page.captureScreenshot",
            Json.object().put("format", "png").put("captureBeyondViewport", whole));
    Files.write(file, Base64.getDecoder().decode(shot.get("data").asText()));
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    try {
      if (socket != null) {
        socket.sendText("{\"id\":0,\"method\":\"Browser.close\"}", true);
      } else {
        process.destroy();
      }
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      for (ProcessHandle child : children) {
        child.destroyForcibly();
        child.onExit().get(10, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the browser does not end", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

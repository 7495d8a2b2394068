package io.journey.explorer;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A page on this machine that explores a run, until it is closed. It listens on the loopback
 * address alone, and answers who has its {@link #address()}.
 */
public final class Explorer implements AutoCloseable {
  /** Threads of the server: each page holds one for its question. */
  private static final int THREADS = 40;

  private static final int CONNECTIONS = 128;
  private static final int HEADER_BYTES = 8 << 10;
  private static final int IDLE_MILLISECONDS = 60_000;
  private static final int LOOK_MILLISECONDS = 1000;
  private static final String HOST = "127.0.0.1";

  private final ExploredRun run;
  private final Answers answers = new Answers();
  private final Server server;
  private final ServerConnector connector;
  private final Gate gate;
  private final Thread beside;
  private final Thread watch;
  private volatile boolean closed;

  private Explorer(ExploredRun run, ImageGroups groups, int port, AccessToken token) {
    this.run = run;
    QueuedThreadPool pool = new QueuedThreadPool(THREADS);
    pool.setName("journey-explorer");
    pool.setDaemon(true);
    this.server = new Server(pool);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(HOST);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLISECONDS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    RunPictures pictures = new RunPictures(run);
    CompletableFuture<NearestPictures> nearest = new CompletableFuture<>();
    byte[] key = new byte[8];
    new SecureRandom().nextBytes(key);
    this.gate =
        new Gate(
            new Pages(
                run,
                pictures,
                groups,
                nearest,
                new Posts(run, answers),
                HexFormat.of().formatHex(key)),
            token,
            connector::getLocalPort);
    server.setHandler(gate);
    server.setErrorHandler(new Lines());
    this.beside = daemon("journey-pictures", () -> prepare(pictures));
    daemon("journey-nearest", () -> compare(nearest));
    this.watch = daemon("journey-watch", this::watch);
  }

  /** Opens a run and serves its page to who has a token that nobody had before. */
  public static Explorer start(ExplorerSources sources, int port, RunContext context) {
    return start(sources, port, AccessToken.random(), context);
  }

  /**
   * Opens a run and serves its page.
   *
   * @param port to listen on; 0: any that is free
   * @param token what lets in
   * @param context does the work; its owner closes it after this
   * @throws JourneyException if the run's parts do not belong together, or the port is taken
   */
  public static Explorer start(
      ExplorerSources sources, int port, AccessToken token, RunContext context) {
    ExploredRun run = ExploredRun.open(sources, context);
    Explorer explorer;
    try {
      ImageGroups groups = new ImageGroups(run.images(), sources.columns());
      explorer = new Explorer(run, groups, port, token);
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
    try {
      explorer.server.start();
      return explorer;
    } catch (IOException e) {
      explorer.close();
      throw new JourneyException(
          "Cannot listen on port " + port + ": " + Failures.reason(e) + "; name another by --port.",
          e);
    } catch (Exception e) {
      explorer.close();
      throw new IllegalStateException("the server does not start", e);
    }
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Makes beforehand what would be waited for, while nobody waits for an answer. */
  private void prepare(RunPictures pictures) {
    for (int target = 0; target < run.targets().ofFile() && !closed; target++) {
      pictures.prepare(target, this::mayPrepare);
    }
  }

  private boolean mayPrepare() {
    try {
      answers.awaitIdle();
      return !closed;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Opens what another process finishes meanwhile. */
  private void watch() {
    try {
      while (!closed && !run.look()) {
        Thread.sleep(LOOK_MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void compare(CompletableFuture<NearestPictures> nearest) {
    try {
      nearest.complete(NearestPictures.of(run.images(), this::mayPrepare));
    } catch (RuntimeException e) {
      nearest.completeExceptionally(e); // Said when it is asked for.
    }
  }

  /** Returns the address of the page, with what lets in: for this person alone. */
  public String address() {
    return "http://" + HOST + ":" + connector.getLocalPort() + "/?" + gate.query();
  }

  /** Waits until the explorer is closed by another thread, or this one is interrupted. */
  public void await() {
    try {
      server.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    answers.close();
    try {
      server.stop();
      watch.interrupt();
      watch.join();
      beside.join(); // What it decodes with is closed next.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the server does not stop", e);
    } finally {
      run.close();
    }
  }
}

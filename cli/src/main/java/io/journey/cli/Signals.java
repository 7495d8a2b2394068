package io.journey.cli;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Signals of the system by {@code sun.misc.Signal}, which the module jdk.unsupported keeps until
 * Java has another way. It is called by its name, as compilers warn of it and cannot be told not
 * to.
 */
final class Signals {
  /** What shells add to a signal's number. */
  private static final int SIGNALLED = 128;

  private final Class<?> signals = named("Signal");
  private final Class<?> handlers = named("SignalHandler");
  private final Method handle = method("handle", signals, handlers);
  private final Method number = method("getNumber");

  private static Class<?> named(String name) {
    try {
      return Class.forName("sun.misc." + name);
    } catch (ClassNotFoundException e) {
      throw new UnsupportedOperationException("this Java tells of no signals", e);
    }
  }

  private Method method(String name, Class<?>... parameters) {
    try {
      return signals.getMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      throw new UnsupportedOperationException("this Java tells of no signals", e);
    }
  }

  /**
   * Has something done in place of what a signal would do. One that is ignored stays ignored, as
   * SIGHUP under nohup.
   *
   * @param name without SIG
   * @param action receives the signal, on a thread of its own
   * @throws UnsupportedOperationException if the system has no such signal, or Java leaves it alone
   */
  void handle(String name, Consumer<Object> action) {
    try {
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlers},
              (proxy, method, arguments) -> {
                action.accept(arguments[0]);
                return null;
              });
      handle.invoke(null, signals.getConstructor(String.class).newInstance(name), handler);
    } catch (InvocationTargetException e) {
      throw new UnsupportedOperationException("no signal " + name, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("no signal " + name, e);
    }
  }

  /** Ends this process as the system does where nobody asks for the signal. */
  void pass(Object signal) {
    try {
      handle.invoke(null, signal, handlers.getField("SIG_DFL").get(null));
      // Java raises only what it handles.
      String name = signal.toString().substring("SIG".length());
      new ProcessBuilder("sh", "-c", "kill -s " + name + " " + ProcessHandle.current().pid())
          .start()
          .waitFor();
    } catch (ReflectiveOperationException | IOException e) {
      // Without a shell Java ends it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(SIGNALLED + number(signal));
  }

  private int number(Object signal) {
    try {
      return (int) number.invoke(signal);
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("cannot tell the number of " + signal, e);
    }
  }
}

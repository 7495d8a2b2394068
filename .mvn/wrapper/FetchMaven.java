import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Fetches a Maven distribution: downloads the zip, compares its SHA-512, unpacks it beside its
 * final place and renames it there. Run by {@code mvnw} as a single source file, before there is
 * anything that could build it.
 */
final class FetchMaven {
  private FetchMaven() {}

  /** Arguments: address of the zip, its SHA-512 in hexadecimal, the directory to make. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    String url = args[0];
    Path target = Path.of(args[2]).toAbsolutePath();
    Path work = null;
    try {
      Files.createDirectories(target.getParent());
      work = Files.createTempDirectory(target.getParent(), ".fetch-");
      System.err.println("Fetching Maven (once) from " + url + " ...");
      Path zip = work.resolve("maven.zip");
      String found = download(url, zip);
      if (!found.equalsIgnoreCase(args[1])) {
        throw new IOException("its SHA-512 is " + found + ", expected " + args[1]);
      }
      Path unpacked = work.resolve("maven");
      unpack(zip, unpacked);
      install(unpacked, target);
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(
          "Cannot fetch Maven from "
              + url
              + ": "
              + reason(e)
              + "; install Maven 3.6.3 or later, or set JOURNEY_MAVEN_URL to a copy of that zip.");
      return 2;
    } finally {
      deleteTree(work);
    }
  }

  private static String reason(Exception e) {
    String name = e.getClass().getSimpleName();
    return e.getClass() == IOException.class ? e.getMessage() : name + " " + e.getMessage();
  }

  private static String download(String url, Path file) throws IOException {
    URLConnection connection = open(URI.create(url));
    connection.setConnectTimeout(30_000);
    connection.setReadTimeout(60_000);
    MessageDigest digest = sha512();
    try (InputStream in = new DigestInputStream(connection.getInputStream(), digest)) {
      Files.copy(in, file);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Opens the address through the proxy that https_proxy or http_proxy names, if any. */
  private static URLConnection open(URI uri) throws IOException {
    String variable = uri.getScheme() + "_proxy";
    String proxy = System.getenv(variable);
    proxy = proxy == null ? System.getenv(variable.toUpperCase()) : proxy;
    String host = uri.getHost();
    if (proxy == null || proxy.isBlank() || host == null || isLocal(host)) {
      return uri.toURL().openConnection();
    }
    URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    int port = address.getPort() < 0 ? 80 : address.getPort();
    return uri.toURL()
        .openConnection(
            new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address.getHost(), port)));
  }

  private static boolean isLocal(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Unpacks without the one folder that everything in the zip lies in. */
  private static void unpack(Path zip, Path into) throws IOException {
    Files.createDirectories(into);
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        Path file = into.resolve(name).normalize();
        if (!file.startsWith(into)) {
          throw new IOException("it holds a file outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          try (OutputStream out = Files.newOutputStream(file)) {
            in.transferTo(out);
          }
        }
      }
    }
    Path command = into.resolve("bin/mvn");
    if (!Files.isRegularFile(command)) {
      throw new IOException("it holds no bin/mvn");
    }
    for (String name : new String[] {"mvn", "mvnDebug"}) {
      into.resolve("bin").resolve(name).toFile().setExecutable(true, false);
    }
  }

  /** Renames into place; if another build was faster, its copy is as good. */
  private static void install(Path unpacked, Path target) throws IOException {
    try {
      Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isExecutable(target.resolve("bin/mvn"))) {
        throw e;
      }
    }
  }

  private static void deleteTree(Path root) {
    if (root == null) {
      return;
    }
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      System.err.println("Cannot remove " + root + ": " + e.getMessage() + ".");
    }
  }
}

# Sourced by mvnw and journey: finds Java by JAVA_HOME or the PATH, at least version 17.
# Sets java (the command), java_home (may be empty) and java_version (17, 21, …).

fail() {
  printf '%s\n' "$1" >&2
  exit 2
}

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] ||
      fail "JAVA_HOME is $JAVA_HOME, where there is no bin/java: set it to a JDK of version 17 or later."
    java_home=$JAVA_HOME
  else
    java=$(command -v java) ||
      fail "Journey needs Java 17 or later and there is none: install a JDK, or set JAVA_HOME to one."
    real=$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")
    java_home=${real%/bin/java}
  fi
  java_version=
  # The file names the version without the cost of starting Java.
  if [ -r "$java_home/release" ]; then
    while IFS='="' read -r key blank value rest; do
      [ "$key" != JAVA_VERSION ] || java_version=$value$blank
    done <"$java_home/release"
  fi
  [ -n "$java_version" ] ||
    java_version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
  found=${java_version:-unknown}
  java_version=${java_version#1.}
  java_version=${java_version%%[!0-9]*}
  [ "${java_version:-0}" -ge 17 ] ||
    fail "Journey needs Java 17 or later; $java has version $found: install a newer JDK, or set JAVA_HOME to one."
}

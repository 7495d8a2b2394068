# Sourced by mvnw and journey: finds Java by JAVA_HOME or the PATH, at least version 17.
# Sets java (the command), java_home (may be empty) and java_version (17, 21, …).
# use_utf8 lets Java see names of files and arguments as UTF-8, whatever the environment is.

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

# Java reads names in the encoding of the locale: in plain C, é and è become one name. Chooses a
# UTF-8 locale; without any, nothing that is said in $1, $2, … may need one.
use_utf8() {
  if [ -n "${LC_ALL:-}" ] && is_utf8 "$LC_ALL"; then
    return
  fi
  if ! command -v locale >/dev/null 2>&1; then
    export LC_ALL=C.UTF-8 # of small containers
    return
  fi
  for candidate in "${LC_CTYPE:-}" "${LANG:-}" C.UTF-8 en_US.UTF-8 \
    $(locale -a 2>/dev/null | grep -i 'utf-*8$'); do
    if [ -n "$candidate" ] && is_utf8 "$candidate"; then
      export LC_ALL="$candidate"
      return
    fi
  done
  [ -z "$(printf '%s' "$PWD $*" | LC_ALL=C tr -d '\000-\177')" ] ||
    fail "There is no UTF-8 locale on this machine (locale -a lists them), which names beyond ASCII need: install one, or rename what you name and the folders you are in."
}

is_utf8() {
  [ "$(LC_ALL=$1 locale charmap 2>/dev/null)" = UTF-8 ]
}

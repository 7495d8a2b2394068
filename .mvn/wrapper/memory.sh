# Sourced by journey: how much memory there is, and how it is divided. Amounts are in MiB, 0 where
# there is no limit. memory_root, set by the caller, is / but in tests.

# What the commands need at least, measured: to answer at all, and to compute with libtorch. Of the
# address space (ulimit -v), beside the heap, and of memory.
address_to_answer=640
address_to_compute=1728
memory_to_answer=192
memory_to_compute=512
least_heap=128
# What the quickstart takes, to tell what is enough.
address_of_quickstart=4096
memory_of_quickstart=1536

# Java reserves address space that it does not use, 1.2 GiB for classes and compiled code alone.
few_reservations="-XX:CompressedClassSpaceSize=64m -XX:ReservedCodeCacheSize=96m"

# Keeps the smaller of what is known and $1; $2 says who allows it.
lower_memory() {
  if [ "$memory" -eq 0 ] || [ "$1" -lt "$memory" ]; then
    memory=$1
    memory_by=$2
  fi
}

# The limits of the control group $2 below $1, and of those around it, in files named $3.
lower_by_group() {
  group=${2%/}
  while :; do
    bytes=
    [ ! -r "$1$group/$3" ] || read -r bytes <"$1$group/$3" || :
    case $bytes in
      '' | *[!0-9]* | ???????????????????*) ;; # None: "max", or more than there can be.
      *) lower_memory $((bytes / 1048576)) "the limit of this container or control group is" ;;
    esac
    [ -n "$group" ] || break
    group=${group%/*}
  done
}

# Sets memory and memory_by, of machine and control group, and address, of ulimit -v.
find_memory() {
  memory=0
  memory_by=
  if [ -r "$memory_root/proc/meminfo" ]; then
    while read -r key amount rest; do
      [ "$key" != MemTotal: ] || lower_memory $((amount / 1024)) "this machine has"
    done <"$memory_root/proc/meminfo"
  elif bytes=$(sysctl -n hw.memsize 2>/dev/null); then
    lower_memory $((bytes / 1048576)) "this machine has"
  fi
  if [ -r "$memory_root/proc/self/cgroup" ]; then
    while IFS=: read -r number controllers path; do
      case $controllers in
        '') lower_by_group "$memory_root/sys/fs/cgroup" "$path" memory.max ;;
        *memory*) lower_by_group "$memory_root/sys/fs/cgroup/memory" "$path" memory.limit_in_bytes ;;
      esac
    done <"$memory_root/proc/self/cgroup"
  fi
  address=$(ulimit -v 2>/dev/null) || address=unlimited
  case $address in
    '' | *[!0-9]*) address=0 ;;
    *) address=$((address / 1024)) ;;
  esac
}

# Refuses where memory cannot suffice; $1 is "compute", or "answer" for help and reading alone.
require_memory() {
  if [ "$1" = compute ]; then
    need=$memory_to_compute
    need_address=$((address_to_compute + least_heap))
  else
    need=$memory_to_answer
    need_address=$((address_to_answer + least_heap))
  fi
  [ "$address" -eq 0 ] || [ "$address" -ge "$need_address" ] ||
    fail "Journey needs $need_address MiB of address space for this and ulimit -v allows $address MiB: set ulimit -v unlimited, or to $((address_of_quickstart * 1024)) ($address_of_quickstart MiB), which is enough for the quickstart."
  [ "$memory" -eq 0 ] || [ "$memory" -ge "$need" ] ||
    fail "Journey needs $need MiB of memory for this and $memory_by $memory MiB: allow more; $memory_of_quickstart MiB are enough for the quickstart."
}

# Sets heap, the limit of the Java heap: a quarter of memory, the rest is for libtorch and for the
# files that the system keeps in memory; at most half of what ulimit -v leaves. Sets memory_told.
divide_memory() {
  heap=2048
  memory_told=
  if [ "$memory" -ne 0 ]; then
    heap=$((memory / 4))
    memory_told="$memory_by $memory MiB"
  fi
  if [ "$address" -ne 0 ]; then
    used=$address_to_answer
    [ "$1" != compute ] || used=$address_to_compute
    [ "$heap" -le $(((address - used) / 2)) ] || heap=$(((address - used) / 2))
    memory_told="ulimit -v allows $address MiB"
  fi
  [ "$heap" -ge "$least_heap" ] || heap=$least_heap
}

# Whether little is left when memory that was used once is kept for the next use.
is_memory_short() {
  [ "$address" -ne 0 ] || { [ "$memory" -ne 0 ] && [ "$memory" -lt 4096 ]; }
}

# Lets Maven do with the address space there is.
spare_maven() {
  [ "$address" -eq 0 ] ||
    export MAVEN_OPTS="-XX:+UseSerialGC -Xmx384m $few_reservations ${MAVEN_OPTS:-}"
}

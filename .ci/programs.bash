# Functions for scripts that run several programs against each other: named steps, programs whose stdout is read line by
# line, and a trap that ends every program. No step waits by sleeping: each program prints its progress on stdout, and the next
# step reads that line. A script that sources this file sets `name`.

patience_s=60
target=${CARGO_TARGET_DIR:-target}
step="start"
children=()
work=$(mktemp -d)
launcher_log=$work/launcher.log

finish() {
  local code=$? child
  trap - EXIT
  for child in "${children[@]}"; do
    # The failed step was printed already; errors of its programs from here on are expected.
    kill "$child" 2>/dev/null && wait "$child" 2>/dev/null || true
  done
  if [ "$step" = "done" ]; then
    echo "$name: passed"
  elif [ "$code" -eq 0 ]; then
    # After a signal, the exit code is that of the last command.
    echo "$name: stopped at: $step"
    code=1
  else
    if [ -s "$launcher_log" ]; then
      echo "$name: the end of the launcher's log:"
      tail -n 15 "$launcher_log"
    fi
    echo "$name: failed at: $step (exit code $code)"
  fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

begin() {
  step=$1
  echo "$name: $step"
}

fail() {
  echo "$name: $*"
  exit 1
}

# start COMMAND...: starts the command with its stdout on file descriptor `says`; its process id is `pid`. The command keeps the
# caller's stdin, which bash would replace otherwise.
start() {
  local pipe
  pipe=$(mktemp -u "$work/stdout.XXXXXX")
  mkfifo "$pipe"
  "$@" <&0 >"$pipe" &
  pid=$!
  children+=("$pid")
  exec {says}<"$pipe"
  rm "$pipe"
}

# await PATTERN: reads the output of the command started last until a line matches PATTERN; the line is then in `line`.
await() {
  while IFS= read -t "$patience_s" -r line <&"$says"; do
    echo "  $line"
    # shellcheck disable=SC2053 # PATTERN is one.
    [[ $line == $1 ]] && return
  done
  fail "no line like '$1' was printed within $patience_s s"
}

# ended PID: waits until the process ends, and returns its exit code.
ended() {
  local code=0 child others=()
  wait "$1" || code=$?
  for child in "${children[@]}"; do
    [ "$child" = "$1" ] || others+=("$child")
  done
  children=("${others[@]}")
  return "$code"
}

# For the scripts beside it that run several programs against each other: named steps, programs whose stdout is awaited
# line by line, and an end that leaves none of them running. Nothing waits by sleeping: each program says on its stdout
# how far it is, and the next step reads that line. Whoever sources this sets `name`.

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
    # The step that failed has been named; that its programs end with errors now is no news.
    kill "$child" 2>/dev/null && wait "$child" 2>/dev/null || true
  done
  if [ "$step" = "done" ]; then
    echo "$name: passed"
  elif [ "$code" -eq 0 ]; then
    # A signal leaves the code of whatever ended last, and makes its own of it.
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

# start COMMAND...: starts it with its stdout on file descriptor `says`; its process id is `pid`. It has the stdin of whoever
# calls this, which bash would otherwise take away from it.
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

# await PATTERN: reads what was started last until a line is like PATTERN, which is then in `line`.
await() {
  while IFS= read -t "$patience_s" -r line <&"$says"; do
    echo "  $line"
    # shellcheck disable=SC2053 # PATTERN is one.
    [[ $line == $1 ]] && return
  done
  fail "no line like '$1' came"
}

# ended PID: waits until it ends, and answers with its exit code.
ended() {
  local code=0 child others=()
  wait "$1" || code=$?
  for child in "${children[@]}"; do
    [ "$child" = "$1" ] || others+=("$child")
  done
  children=("${others[@]}")
  return "$code"
}

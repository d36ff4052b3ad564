#!/usr/bin/env bash
# Asks stock Casbin of a language the questions of a file: run.sh go|java|python <directory of the bundle> <questions.csv>
set -euo pipefail
language=$1 bundle=$(realpath "$2") questions=$(realpath "$3")
here=$(cd "$(dirname "$0")" && pwd)
work=${CASBIN_HOMES:-$(mktemp -d)}
mkdir -p "$work"

needs() {
  command -v "$1" >/dev/null || { echo "$language is not run: this machine has no $1." >&2; exit 3; }
}

case $language in
  go)
    needs go
    cd "$here/go" && go build -o "$work/ask-go" . && exec "$work/ask-go" "$bundle" "$questions"
    ;;
  java)
    needs java
    needs mvn
    if [ ! -s "$work/java.classpath" ]; then
      mvn -q -B -f "$here/java/pom.xml" dependency:build-classpath -Dmdep.outputFile="$work/java.classpath" >&2
    fi
    exec java -cp "$(cat "$work/java.classpath")" -Dorg.slf4j.simpleLogger.defaultLogLevel=error "$here/java/Ask.java" "$bundle" "$questions"
    ;;
  python)
    needs python3
    if [ ! -x "$work/python/bin/python" ]; then
      python3 -m venv "$work/python" && "$work/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/python/requirements.txt" >&2
    fi
    exec "$work/python/bin/python" "$here/python/ask.py" "$bundle" "$questions"
    ;;
  *)
    echo "$language is none of go, java and python." >&2
    exit 2
    ;;
esac

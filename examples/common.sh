# Read by the other scripts: where the server is, and three small helpers.
set -euo pipefail
TENET=${TENET:-http://127.0.0.1:8080}

# token <e-mail>: somebody signs in at the local issuer.
token() { npx tenet dev token --email "$1"; }

# api <path> [curl options]: a request as the user whose token is in TOKEN.
api() { curl -sS "$TENET$1" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "${@:2}"; }

# pick <expression>: a part of the JSON on standard input.
pick() { node -p "JSON.parse(fs.readFileSync(0))$1"; }

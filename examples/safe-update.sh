#!/usr/bin/env bash
# Two administrators change the same organization; and a request is sent twice.
cd "$(dirname "$0")/.." && source examples/common.sh

TOKEN=$(token frank@example.com)
key=$(node -p 'crypto.randomUUID()')
first=$(api /v1/organizations -H "Idempotency-Key: $key" -d '{"name": "Umbrella"}' | pick .id)
again=$(api /v1/organizations -H "Idempotency-Key: $key" -d '{"name": "Umbrella"}' | pick .id)
[ "$first" = "$again" ] && echo "Sent twice, made once."

etag=$(api "/v1/organizations/$first" | pick .etag)
api "/v1/organizations/$first" -X PATCH -H "If-Match: $etag" -d '{"name": "Umbrella Ltd"}' | pick .name
api "/v1/organizations/$first" -X PATCH -H "If-Match: $etag" -d '{"name": "Umbrella Inc"}' | pick .code

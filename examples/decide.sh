#!/usr/bin/env bash
# A service asks for the user whose token it has: may they delete connections, secrets, the organization?
cd "$(dirname "$0")/.." && source examples/common.sh

TOKEN=$(token erin@example.com)
organization=$(api /v1/organizations -d '{"name": "Hooli"}' | pick .id)

ask() { # <resource> <action>
  api /access/v1/evaluation -d "{
    \"subject\": { \"type\": \"user\", \"id\": \"$(api /v1/me | pick .id)\" },
    \"action\": { \"name\": \"$2\" },
    \"resource\": { \"type\": \"$1\", \"id\": \"any\", \"properties\": { \"organizationId\": \"$organization\" } }
  }" | pick .decision
}
echo "connection:delete $(ask connection delete)"
echo "secret:delete $(ask secret delete)"
echo "organization:delete $(ask organization delete)"
TOKEN=$(token mallory@example.com)
echo "connection:delete $(ask connection delete), for somebody else"

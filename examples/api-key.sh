#!/usr/bin/env bash
# A program calls with an API key of its own: a service account with a role in one project, and a key of it that ends in a month.
cd "$(dirname "$0")/.." && source examples/common.sh

TOKEN=$(token frank@example.com)
organization=$(api /v1/organizations -d '{"name": "Initech"}' | pick .id)
project=$(api /v1/organizations/$organization/projects -d '{"name": "Website"}' | pick .id)
place=/v1/organizations/$organization/projects/$project
account=$(api $place/service-accounts -d '{"name": "Deployment"}' | pick .id)
owner="{ \"type\": \"SERVICE_ACCOUNT\", \"id\": \"$account\" }"
api $place/grants -d "{ \"subject\": $owner, \"role\": \"project.manager\" }" | pick .role

end=$(node -p 'new Date(Date.now() + 30 * 86400_000).toISOString()')
TOKEN=$(api $place/api-keys -d "{ \"name\": \"CI\", \"owner\": $owner, \"expiresAt\": \"$end\" }" | pick .secret)
# From here on the program calls, with its key in the place of a token.
api $place | pick .name
api /v1/organizations/$organization | pick .code

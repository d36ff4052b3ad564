#!/usr/bin/env bash
# Carol founds an organization and invites Dave, who accepts.
cd "$(dirname "$0")/.." && source examples/common.sh

TOKEN=$(token carol@example.com)
organization=$(api /v1/organizations -d '{"name": "Vandelay"}' | pick .id)
echo "Carol founded $organization."

api "/v1/organizations/$organization/invitations" -d '{"invitees": [{"email": "dave@example.com"}], "roles": ["org.member"]}' >/dev/null

TOKEN=$(token dave@example.com)
invitation=$(api /v1/me/invitations | pick '.items[0].id')
role=$(api "/v1/me/invitations/$invitation/accept" -X POST | pick '.roles[0].role')
echo "Dave joined as $role."

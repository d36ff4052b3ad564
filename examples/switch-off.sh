#!/usr/bin/env bash
# An organization switches a model off: first it looks who and what that hits, then it does it, then it asks why it is off.
cd "$(dirname "$0")/.." && source examples/common.sh

TOKEN=$(token heidi@example.com)
organization=$(api /v1/organizations -d '{"name": "Cyberdyne", "blueprint": "ai-spaces"}' | pick .id)
project=$(api "/v1/organizations/$organization/projects" -d '{"name": "Space"}' | pick .id)
model=$(api "/v1/organizations/$organization/resources/model" -d '{"name": "GPT", "data": {}}' | pick .id)

wish="{\"resourceType\": \"model\", \"resourceId\": \"$model\", \"reason\": \"Not approved yet\"}"
preview=$(api "/v1/organizations/$organization/restrictions?validateOnly=true" -d "$wish")
pick '.access.items.map(({ kind, permission }) => `${kind} ${permission}`).sort().join("\n")' <<< "$preview"
pick '.access.resources.map(({ effect, resources, projects }) => `${effect}: ${resources} resource, ${projects} project`)[0]' <<< "$preview"

restriction=$(api "/v1/organizations/$organization/restrictions" -d "$wish" | pick .id)
question="{\"resource\": \"model\", \"action\": \"use\", \"resourceId\": \"$model\", \"projectId\": \"$project\"}"
why=$(api "/v1/organizations/$organization/decisions/explain" -d "$question")
echo "$(pick .decision <<< "$why"), because of $(pick .state.name <<< "$why")"
api "/v1/organizations/$organization/restrictions/$restriction" -X DELETE
api "/v1/organizations/$organization/decisions/explain" -d "$question" | pick .decision

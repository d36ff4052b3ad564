-- Argo CD: argocd-cm, keys resource.customizations.health.tenet.dev_Organization, ..._Project and ..._PolicyRevision.
local health = { status = "Progressing", message = "Waiting for the Tenet controller" }
-- Nobody works on a paused object, however old what its status says has become.
local annotations = obj.metadata.annotations or {}
if annotations["tenet.dev/paused"] == "true" then
  return { status = "Suspended", message = "Paused by the annotation tenet.dev/paused" }
end
local status = obj.status
if status == nil or status.conditions == nil then
  return health
end
-- Words about an older generation say nothing about this one.
if obj.metadata.generation ~= nil and status.observedGeneration ~= nil and status.observedGeneration < obj.metadata.generation then
  return health
end
local conditions = {}
for _, condition in ipairs(status.conditions) do
  conditions[condition.type] = condition
end
local ready, synced, stalled = conditions.Ready, conditions.Synced, conditions.Stalled
-- A plan that nobody has approved yet is no failure.
if stalled ~= nil and stalled.status == "True" and stalled.reason == "ApprovalRequired" then
  return { status = "Suspended", message = stalled.message }
end
if stalled ~= nil and stalled.status == "True" then
  return { status = "Degraded", message = stalled.reason .. ": " .. stalled.message }
end
-- What was true before the deletion or the pause is not what is being waited for now. (Argo CD itself does not ask about deletions.)
if obj.metadata.deletionTimestamp ~= nil and ready ~= nil and ready.status == "True" then
  return { status = "Progressing", message = "Being deleted" }
end
if synced ~= nil and synced.reason == "ReconcilePaused" then
  return health
end
if ready ~= nil then
  health.message = ready.message
  if ready.status == "True" then
    health.status = "Healthy"
  end
end
return health

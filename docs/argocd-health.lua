-- Argo CD: argocd-cm, key resource.customizations.health.tenet.dev_Organization and resource.customizations.health.tenet.dev_Project.
local health = { status = "Progressing", message = "Waiting for the Tenet controller" }
local status = obj.status
if status == nil or status.conditions == nil then
  return health
end
-- Words about an older generation say nothing about this one.
if obj.metadata.generation ~= nil and status.observedGeneration ~= nil and status.observedGeneration < obj.metadata.generation then
  return health
end
local ready = nil
for _, condition in ipairs(status.conditions) do
  if condition.type == "Stalled" and condition.status == "True" then
    return { status = "Degraded", message = condition.reason .. ": " .. condition.message }
  end
  if condition.type == "Synced" and condition.reason == "ReconcilePaused" then
    return { status = "Suspended", message = condition.message }
  end
  if condition.type == "Ready" then
    ready = condition
  end
end
if ready ~= nil then
  health.message = ready.message
  if ready.status == "True" then
    health.status = "Healthy"
  end
end
return health

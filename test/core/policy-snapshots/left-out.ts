/** Columns of tables that are in a snapshot, which are not: names, addresses, reasons, secrets, and what no plan reads. */
export const leftOut: Readonly<Record<string, string>> = {
  policy_revisions: 'sha256 author reason git_commit created_at',
  users:
    'issuer subject email display_name not_before version created_at updated_at folded_email name email_said_at name_said_at entitlements suspension erased_at erased_identity',
  platform_grants: 'granted_by created_at',
  organizations: `slug name epoch managed_by version created_at updated_at deleted_at purging_since manifest_uid created_by archived_by suspensions deleted_slug
    entitlements legal_name description logo_url alerting_email invoicing_email project_invites_may_add_members mfa_grace_days mfa_version labels
    manifest_labels language logo restricted`,
  mfa_requirements: '',
  restrictions: 'id resource_id reason created_by created_at lifted_at lifted_by version updated_at is_managed',
  projects: 'slug name managed_by version created_at updated_at deleted_at manifest_uid archived_by labels manifest_labels deleted_slug',
  roles: 'version created_at updated_at title description managed_by manifest_name',
  members: 'display_name managed_by version joined_at updated_at joined_as last_seen_at not_before labels manifest_labels',
  service_accounts: 'name description created_by version created_at updated_at labels managed_by manifest_labels',
  grants: 'id reason source granted_by created_at revoked_at revoked_by begins_at',
  api_keys: 'type name state created_by earlier_uses version created_at updated_at revoked_at revoked_by allowed_addresses',
  support_accesses: 'id reason minutes answered_by ended_by version created_at updated_at offered_by',
  invitations: `email state token_hash token_version sent_count last_sent_at invited_by accepted_by managed_by version created_at updated_at token_kid
    folded_email name project_id`,
  invitation_roles: '',
  invitation_links: 'project_id token_hash domains max_uses uses revoked_at invited_by version created_at updated_at',
  invitation_link_roles: '',
};

/** Tables of which nothing is in a snapshot. */
export const leftOutTables =
  `access_plan_marks access_plan_rows access_plans alert_firings alerts api_key_secrets application_trials audit_events audit_heads billing_profiles budgets catalog_items decision_log
  decision_log_cases decision_log_gaps decision_log_stores decision_log_writers data_keys
  data_key_rotations decisions denials encryption_keys export_chunks export_links exports fences hand_overs idempotency_keys instance_passes instance_remains instances
  job_runners key_notices key_rates limit_crossings limit_overrides limit_uses mail_turns manifests migrations migrations_lock ownership_transfers person_keys plans policy_activations policy_heads policy_manifests policy_store_activations policy_rollout_counts policy_rollout_findings policy_rollouts policy_signatures
  policy_store_entities policy_store_entity_values policy_store_revisions policy_store_rollout_counts policy_store_rollout_findings policy_store_rollouts policy_store_signatures policy_stores replicas resource_references resources rights role_template_roles role_templates setting_values subscriptions usage_days usage_dimension_days usage_events usage_heads usage_hours usage_rollups webhook_deliveries webhooks`
    .trim()
    .split(/\s+/);

interface Rule {
  /** An error keeps a policy from coming into force; a warning asks the reviewer to look. */
  readonly level: 'error' | 'warning';
  /** What it finds, as the page of rules says it. */
  readonly says: string;
  /** What `tenet policy lint --fix` does about it. */
  readonly fix?: string;
}

/** Everything that can be found wrong with a policy, in the order of the page docs/policy-rules.md. */
export const rules = {
  'missing-directory': { level: 'error', says: 'there is no such directory' },
  'missing-file': { level: 'error', says: 'a file of the directory is missing, or cannot be read' },
  'missing-matrix': { level: 'error', says: 'the tests of a scope have no matrix, so a permission could arrive unnoticed' },
  'yaml-syntax': { level: 'error', says: 'a YAML file cannot be read in exactly one way; aliases and tags count as faults' },
  'yaml-value': { level: 'error', says: 'a value in a YAML file is not what its key takes' },
  'unknown-key': { level: 'error', says: 'a YAML file has a key that does not exist' },
  'model-syntax': { level: 'error', says: 'the model cannot be read in exactly one way' },
  'model-definition': { level: 'error', says: 'a question or a row of the model has other fields than Tenet asks with' },
  'model-effect': { level: 'error', says: 'the effect of the model is not that a deny wins' },
  'model-matcher': { level: 'error', says: 'the matcher names what does not exist, or leaves out role, object, action or domain' },
  'malformed-row': {
    level: 'error',
    says: 'a line of policy.csv is no row with the fields of its model, or has a name, condition or effect that is not accepted',
  },
  'too-many-rows': { level: 'error', says: 'a scope or policy store has more rows, or names in them, than are accepted' },
  'too-large': { level: 'error', says: 'a file of a policy store has more characters than are accepted' },
  'role-links': { level: 'error', says: 'roles of a policy store go in a circle, or are more or deeper than is accepted' },
  'blueprint-name': { level: 'error', says: 'a blueprint is not called like its folder' },
  contents: { level: 'error', says: 'scopes that cannot stand together: no platform, or another model' },
  'one-default': { level: 'error', says: 'a second kind of organization calls itself the default' },
  'resource-type': { level: 'error', says: 'a blueprint defines a resource type of the platform again' },
  'permission-group': { level: 'error', says: 'a permission group holds what cannot be asked at its level' },
  flag: { level: 'error', says: 'a flag is given to what is no permission, or lockout to what is asked in projects alone' },
  separation: {
    level: 'error',
    says: 'what is kept apart is no permission, is never asked in one place, or one role has both (a warning where its rail warns)',
  },
  mfa: { level: 'error', says: 'a second factor can be required, and something is open to those who lack one' },
  restrictable: { level: 'error', says: 'a type of resource can be switched off, and no row denies anything then' },
  'unknown-role': { level: 'error', says: 'a subject or role that is not declared' },
  'unknown-resource': { level: 'error', says: 'a resource type that does not exist' },
  'unknown-action': { level: 'error', says: 'an action that the resource type does not have, or not at this level' },
  'subject-prefix': { level: 'error', says: 'a row speaks of a subject or an object that is not for its file' },
  domain: { level: 'error', says: 'a row names a domain that its file may not name' },
  'state-must-deny': { level: 'error', says: 'a state allows something; it can only take away' },
  escalation: {
    level: 'error',
    says: 'a role or scope may give a role that holds more than itself, in a kind of organization or on the platform',
  },
  'support-approval': {
    level: 'error',
    says: 'a role that support holds may approve support access, so an operator who is let in would let in others',
  },
  'duplicate-rule': { level: 'error', says: 'the same row twice', fix: 'takes the second one out' },
  'dead-allow': { level: 'error', says: 'an allow that denies of the same role always beat' },
  'shadowed-allow': { level: 'warning', says: 'an allow without effect: other rows of the same role allow all of it' },
  'shadowed-deny': { level: 'warning', says: 'a deny without effect: other rows of the same subject deny all of it' },
  'redundant-deny': { level: 'warning', says: 'a deny of what nothing allows' },
  'never-true': { level: 'warning', says: 'policy-store lint: a row whose condition is false, whatever is asked' },
  'dead-row': { level: 'warning', says: 'a row that is asked about only where its role is never held' },
  'wildcard-grant': { level: 'warning', says: 'an allow of every resource type or action, also of those to come' },
  'orphan-permission': { level: 'warning', says: 'a permission that is granted to no role' },
  'idle-name': { level: 'warning', says: 'a role, scope or state that no row names' },
  spacing: { level: 'warning', says: 'a row is not written as `p, subject, domain, object, action, effect`', fix: 'writes it so' },
  order: {
    level: 'warning',
    says: 'rows about one subject, domain and object stand apart within their block',
    fix: 'puts them together',
  },
  test: { level: 'error', says: 'a statement of tests.yaml does not hold' },
  gain: { level: 'warning', says: 'policy diff: a role gives more than before; policy plan, policy-store plan: a subject may do more' },
  loss: { level: 'warning', says: 'policy diff: a role gives less than before; policy plan, policy-store plan: a subject may do less' },
  conditional: { level: 'warning', says: 'policy-store plan: what a question brings may decide otherwise than before' },
  sample: { level: 'error', says: 'policy-store plan: not every entity was looked at that the change may reach' },
  rail: { level: 'error', says: 'policy plan: a rail warns of the change, or keeps it from being applied' },
  replay: { level: 'warning', says: 'policy replay, policy-store replay: a recorded decision comes out the other way' },
  definition: { level: 'warning', says: 'policy diff: a part of blueprint.yaml or permissions.yaml says something else' },
  'too-much-work': { level: 'error', says: 'to check the policy takes more questions than are accepted' },
  unchecked: { level: 'error', says: 'the server could not check a revision within its bounds of time and memory' },
  digest: { level: 'error', says: 'a stored revision is not what was stored' },
  signature: { level: 'error', says: 'a server with TENET_POLICY_KEYS is to decide by a revision that none of these keys has signed' },
} as const satisfies Record<string, Rule>;

/** The id of a rule. */
export type RuleId = keyof typeof rules;

/** Where a rule is explained. */
export const ruleBase = 'https://tenet.dev/policy-rules/';

/** The rules in their order, by id. */
export const ruleList: readonly (readonly [RuleId, Rule])[] = Object.entries(rules) as [RuleId, Rule][];

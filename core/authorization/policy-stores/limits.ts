/** How much a store's policy may hold, so that checking, deciding and searching are bounded whatever its author writes. docs/limits.md has them too. */
export const storeLimits = {
  /** Bytes of the three files together; the contract and the table have it too. */
  bytes: 524_288,
  /** Characters of model.conf and tests.yaml; policy.csv may have what the others leave of the bytes. */
  modelLength: 8_192,
  testsLength: 262_144,
  /** Characters of a line of policy.csv. */
  lineLength: 4_096,
  /** Lines that begin with p, and those that begin with g. */
  rows: 5_000,
  links: 20_000,
  roles: 500,
  /** Steps from a subject to the role that a row names; stock Casbin stops after 10 without a word. */
  roleDepth: 8,
  /** Roles that one subject may hold in all, counted in one domain. */
  rolesOfSubject: 200,
  /** Roles of all subjects together, those through other roles included. */
  heldRoles: 200_000,
  /** Domains in which roles are given. */
  domains: 1_000,
  resourceTypes: 100,
  actions: 200,
  /** Characters of a name in a row: a subject, an object, an action, a domain. */
  nameLength: 256,
  /** Of one condition: characters, parentheses and ! in each other, comparisons, elements of a list, keys of a way, characters of a key or text. */
  conditionLength: 1_000,
  conditionDepth: 20,
  conditionTerms: 50,
  /** Comparisons of all rows together: a question may have to try each of them. */
  terms: 20_000,
  listLength: 100,
  pathLength: 8,
  keyLength: 64,
  textLength: 256,
  /** A filter that would be larger is answered by deciding each entity: nodes, and values in all its lists. */
  filterNodes: 500,
  filterValues: 2_000,
  /** Of tests.yaml: cases, entities, and of an entity: properties in all, nesting. */
  cases: 500,
  entities: 500,
  entityValues: 500,
  entityDepth: 8,
  /** Rows that all cases together may be compared with: cases times rows. */
  work: 1_000_000,
} as const;

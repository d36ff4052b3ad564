/** One thing that readiness looks at, as `HealthCheck` of the contract. Anybody may read it: no names, no paths, no values. */
export interface HealthCheck {
  readonly name: string;
  /** `DEGRADED` still takes requests, `FAILING` does not. */
  readonly state: 'OK' | 'DEGRADED' | 'FAILING';
  /** What is the matter, as one sentence. */
  readonly detail?: string;
}

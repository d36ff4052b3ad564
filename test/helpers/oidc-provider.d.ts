/** The part of oidc-provider (which ships no types) that the identity provider of the tests uses. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export interface ResourceServer {
    readonly scope: string;
  }
  export interface GrantContext {
    readonly oidc: {
      readonly client: unknown;
      readonly params: Readonly<Record<string, string | undefined>>;
      readonly resourceServers: Readonly<Record<string, ResourceServer>>;
    };
    body: unknown;
  }
  export interface AccessToken {
    expiresIn: number;
    resourceServer: ResourceServer;
    save(): Promise<string>;
  }
  export default class Provider {
    constructor(issuer: string, configuration: unknown);
    readonly issuer: string;
    readonly AccessToken: new (
      values: Readonly<Record<string, unknown>>,
    ) => AccessToken;
    readonly ResourceServer: new (
      identifier: string,
      values: Readonly<Record<string, unknown>>,
    ) => ResourceServer;
    callback(): RequestListener;
    registerGrantType(name: string, handler: (...args: never[]) => Promise<void>, parameters: readonly string[]): void;
  }
}

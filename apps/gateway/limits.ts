/** What callers can make the gateway do, in one process. */
export const gatewayLimits = {
  /** Requests and WebSockets that are open at one time: to all instances, to those of an organization, and to one. */
  open: 4_000,
  openOfOrganization: 1_000,
  openOfOne: 256,
  /** Requests that are held while an instance starts. */
  held: 512,
  heldOfOrganization: 128,
  heldOfOne: 64,
  heldMs: 60_000,
  /** Bytes of the body of a request. */
  bodyBytes: 100 * 1024 * 1024,
  /** Milliseconds in which a program that has a request must send something. */
  silenceMs: 120_000,
  /** Milliseconds in which a whole request must arrive; it is not read while it is held. */
  requestMs: 600_000,
  /** Milliseconds after which it is asked again whether who holds a WebSocket open may. */
  askAgainMs: 5_000,
  /** Milliseconds between two writes of when an instance was used. */
  touchMs: 5_000,
} as const;

/** Figures in the place of these. */
export type Limits = Readonly<Record<keyof typeof gatewayLimits, number>>;

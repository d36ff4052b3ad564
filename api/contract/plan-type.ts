/** The media type of a plan, which answers a request with `validateOnly`. */
export const planType = 'application/vnd.tenet.plan+json';
export type PlanType = typeof planType;

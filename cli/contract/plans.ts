import type { SourceOperation } from './failures.ts';

const mediaType = 'application/vnd.tenet.plan+json';
const planOrFailure = 'shared.yaml#/components/responses/PlanOrFailure';
const validateOnly = 'shared.yaml#/components/parameters/ValidateOnly';

/**
 * Gives every operation that changes something `validateOnly` and the answer to it. Where the success is 200 the plan is a second media type of
 * it; elsewhere it is in what `default` covers, so that the success keeps its one type in generated clients (docs/adr/0017-plans.md).
 * What takes no plan says why, in x-no-plan.
 */
export function declarePlan(operation: SourceOperation, method: string): void {
  if (method === 'get' || operation['x-reads']) return;
  if (operation['x-no-plan'] !== undefined) return;
  if (operation['x-public']) throw new Error(`${operation.operationId} is public and takes no plan: say why in x-no-plan.`);
  const parameters = operation.parameters ?? [];
  if (parameters.some(({ $ref }) => $ref === validateOnly)) return;
  operation.parameters = [...parameters, { $ref: validateOnly }];
  const success = operation.responses['200'];
  if (success === undefined) {
    operation.responses['default'] = { $ref: planOrFailure };
    return;
  }
  const plan = {
    schema: { $ref: 'shared.yaml#/components/schemas/Plan' },
    examples: { plan: { $ref: 'shared.yaml#/components/examples/Plan' } },
  };
  operation.responses['200'] = { ...success, content: { ...success.content, [mediaType]: plan } };
}

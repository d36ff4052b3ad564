import { z } from 'zod';

/** Variables of a job or a step. */
export const environment = z.record(z.string(), z.string());
const step = z.union([
  z.strictObject({ uses: z.string().regex(/^[\w/-]+@v\d+$/), with: z.record(z.string(), z.union([z.string(), z.number()])).optional() }),
  z.strictObject({ id: z.string().optional(), name: z.string(), run: z.string(), env: environment.optional() }),
]);
/** The part of GitHub's workflow syntax that the recipes use; what is spelled otherwise is refused. */
export const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    // Without paths: a required check of a pull request that it leaves out would be waited for for ever.
    pull_request: z.null().optional(),
    push: z.strictObject({ branches: z.array(z.string()), paths: z.array(z.string()) }).optional(),
    workflow_dispatch: z
      .strictObject({
        inputs: z.record(
          z.string(),
          z.strictObject({ description: z.string(), required: z.boolean(), type: z.enum(['string', 'boolean', 'choice']) }),
        ),
      })
      .optional(),
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^\d+ [\d*]+ \* \* \*$/) })).optional(),
  }),
  permissions: z.strictObject({
    contents: z.literal('read'),
    actions: z.literal('read').optional(),
    'pull-requests': z.literal('write').optional(),
  }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean().optional() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string().optional(),
      if: z.string().optional(),
      needs: z.array(z.string()).optional(),
      outputs: environment.optional(),
      'runs-on': z.array(z.string()),
      environment: z.string().optional(),
      'timeout-minutes': z.number(),
      env: environment.optional(),
      steps: z.array(step),
    }),
  ),
});
/** A job of GitLab's pipeline syntax, as far as the recipes use it. */
export const gitlabJob = z.strictObject({
  stage: z.enum(['review', 'apply', 'snapshot']),
  tags: z.array(z.string()).optional(),
  image: z.literal('node:20').optional(),
  timeout: z.string(),
  environment: z.string().optional(),
  resource_group: z.string().optional(),
  rules: z.array(z.strictObject({ if: z.string(), changes: z.array(z.string()).optional() })),
  script: z.array(z.string()).min(1),
  allow_failure: z.strictObject({ exit_codes: z.array(z.number()) }).optional(),
  artifacts: z
    .strictObject({ when: z.enum(['always', 'on_success', 'on_failure']), paths: z.array(z.string()), expire_in: z.string().optional() })
    .optional(),
});
/** A pipeline of GitLab; what is spelled otherwise is refused. */
export const gitlab = z.object({ stages: z.array(z.string()), variables: environment }).catchall(gitlabJob);

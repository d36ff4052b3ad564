import { serve } from './child.ts';

/**
 * The least that can answer the question at all, or many: reads the body, parses it, looks one thing up for each and writes JSON. BENCH_WORK_US makes
 * it work that many microseconds besides, to show what a budget of that size is worth.
 */
interface Question {
  readonly action: { readonly name: string };
  readonly resource: { readonly type: string };
}

const known = new Map([['member:list', true]]);
const work = Number(process.env['BENCH_WORK_US'] ?? 0) / 1_000;

serve((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const asked = JSON.parse(text) as Question & { evaluations?: Pick<Question, 'action'>[] };
    const decide = ({ action }: Pick<Question, 'action'>) => ({ decision: known.get(`${asked.resource.type}:${action.name}`) ?? false });
    for (const end = performance.now() + work; work > 0 && performance.now() < end; );
    const body = JSON.stringify(asked.evaluations ? { evaluations: asked.evaluations.map(decide) } : decide(asked));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});

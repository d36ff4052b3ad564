import { serve } from './child.ts';

/**
 * The least that can answer the question at all: reads the body, parses it, looks one thing up and writes JSON. BENCH_WORK_US makes
 * it work that many microseconds besides, to show what a budget of that size is worth.
 */
const known = new Map([['member:list', true]]);
const work = Number(process.env['BENCH_WORK_US'] ?? 0) / 1_000;

serve((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const question = JSON.parse(text) as { action: { name: string }; resource: { type: string } };
    const decision = known.get(`${question.resource.type}:${question.action.name}`) ?? false;
    for (const end = performance.now() + work; work > 0 && performance.now() < end; );
    const body = JSON.stringify({ decision });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});

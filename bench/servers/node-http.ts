import { serve } from './child.ts';

/** The least that can answer the question at all: reads the body, parses it, looks one thing up and writes JSON. */
const known = new Map([['member:list', true]]);

serve((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const question = JSON.parse(text) as { action: { name: string }; resource: { type: string } };
    const decision = known.get(`${question.resource.type}:${question.action.name}`) ?? false;
    const body = JSON.stringify({ decision });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});

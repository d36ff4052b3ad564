import { serve } from './child.ts';

/** A program that does next to nothing, so that what stands before it is seen. */
const page = JSON.stringify({ notes: Array.from({ length: 20 }, (_, index) => `The ${index}. note of the team`) });

serve((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(page) }).end(page);
});

import express from 'express';
import { serve } from './child.ts';

/** The same with Express and its JSON parser. */
const known = new Map([['member:list', true]]);
const app = express();
app.disable('x-powered-by').disable('etag');
app.use(express.json());
app.post('/access/v1/evaluation', (request, response) => {
  const question = request.body as { action: { name: string }; resource: { type: string } };
  response.json({ decision: known.get(`${question.resource.type}:${question.action.name}`) ?? false });
});
serve(app);

import express from 'express';
import pg from 'pg';
import { serve } from './child.ts';

/** Express and one SELECT by primary key: no authentication, no authorization, no transaction, no contract. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: Number(process.env['TENET_DATABASE_POOL']) });
const app = express();
app.disable('x-powered-by').disable('etag');
app.get('/v1/organizations/:id', async (request, response) => {
  const { rows } = await pool.query({
    name: 'organization',
    text: 'select id, slug, name, blueprint, state, owner_id, version, created_at, updated_at from tenet.organizations where id = $1',
    values: [request.params.id],
  });
  if (rows.length === 0) response.status(404).end();
  else response.json(rows[0]);
});
serve(app);

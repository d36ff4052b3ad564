import express from 'express';
import pg from 'pg';
import { serve } from './child.ts';

/** Express and one SELECT by primary key, of the columns that Tenet reads for its answer: no authentication, no authorization, no transaction, no contract. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: Number(process.env['TENET_DATABASE_POOL']) });
const app = express();
app.disable('x-powered-by').disable('etag');
app.get('/v1/organizations/:id', async (request, response) => {
  const { rows } = await pool.query({
    name: 'organization',
    text: `select id, slug, name, legal_name, description, logo_url, alerting_email, invoicing_email, language, blueprint, state, externals,
      owner_id, personal_of, entitlements, suspensions, deleted_slug, deleted_at, logo, labels, managed_by, manifest_labels,
      project_invites_may_add_members, version, created_at, updated_at
      from tenet.organizations where id = $1 and state <> 'DELETED'`,
    values: [request.params.id],
  });
  if (rows.length === 0) response.status(404).end();
  else response.json(rows[0]);
});
serve(app);

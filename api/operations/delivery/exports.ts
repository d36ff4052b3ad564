import { createExportLink } from '../../../core/delivery/export-links.ts';
import * as core from '../../../core/delivery/exports.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'createExport'
  | 'listExports'
  | 'getExport'
  | 'deleteExport'
  | 'downloadExport'
  | 'createExportLink'
  | 'downloadExportByLink';

const types = { NDJSON: 'application/x-ndjson', CSV: 'text/csv' } as const;

/** Tag Exports. */
export function exports(services: Pick<Services, 'exportContent' | 'openExportLink' | 'publicUrl'>): Pick<Handlers, Operations> {
  const { exportContent, openExportLink, publicUrl } = services;
  const fileOf = (content: core.ExportContent) => ({
    status: 200 as const,
    // A zip is put together while it is sent, so its length is not known before.
    stream: { ...(!content.archive && { bytes: content.bytes }), chunks: () => exportContent(content) },
    contentType: content.archive ? ('application/zip' as const) : types[content.format],
    headers: { 'content-disposition': `attachment; filename="${content.fileName}"` },
  });

  return {
    async listExports({ db, actor, params, query }) {
      return { status: 200, body: await core.listExports(db, actor, { ...query, ...params }) };
    },
    async createExport({ db, actor, params, body }) {
      const made = await core.createExport(db, actor, { ...body, ...params });
      return { status: 201, body: made, headers: { location: `/v1/organizations/${params.organizationId}/exports/${made.id}` } };
    },
    async getExport({ db, actor, params }) {
      return withEtag(await core.getExport(db, actor, params));
    },
    async deleteExport({ db, actor, params, preconditions }) {
      await core.deleteExport(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
    async downloadExport({ db, actor, params }) {
      return fileOf(await core.downloadExport(db, actor, params));
    },
    async createExportLink({ db, actor, params, body }) {
      const { token, ...link } = await createExportLink(db, actor, { ...body, ...params });
      return { status: 201, body: { ...link, url: `${publicUrl()}/v1/export-downloads/${token}` } };
    },
    async downloadExportByLink({ params, requestId }) {
      return fileOf(await openExportLink({ token: params.downloadToken, requestId }));
    },
  };
}

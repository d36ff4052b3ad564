import { openExportLink } from '../core/delivery/export-links.ts';
import { sendContent } from '../core/delivery/exports.ts';
import type { SigningKeys } from './authentication/signing-keys.ts';
import type { Services } from './operations/services.ts';

/** What handlers of exports need: links are opened without a caller, and content is read behind the transaction that allows it. */
export function createExportServices(
  options: Parameters<typeof openExportLink>[0] & { readonly signingKeys: SigningKeys; readonly publicUrl: () => string },
): Pick<Services, 'openExportLink' | 'exportContent'> {
  const { database, signingKeys, publicUrl } = options;
  return {
    openExportLink: (link) => openExportLink(options, link),
    exportContent: (content) => sendContent(database, content, (claims) => signingKeys.sign({ iss: publicUrl(), ...claims })),
  };
}

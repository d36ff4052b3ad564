import type { SettingValue } from '../../../core/authorization/policy/settings.ts';
import * as core from '../../../core/organizations/settings.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';

type Operations =
  | `list${'' | 'Project' | 'My'}Settings`
  | `${'get' | 'replace' | 'clear'}${'' | 'Project' | 'My'}Setting`
  | 'applySettingToExisting';

/** What it may be is said by the setting, so core judges any JSON. */
const settingValue = (body: { value: unknown }) => body.value as SettingValue;

/** Tag Settings. */
export function settings(): Pick<Handlers, Operations> {
  return {
    async listSettings({ db, actor, params, query }) {
      return { status: 200, body: writable(await core.listSettings(db, actor, { ...query, ...params })) };
    },
    async getSetting({ db, actor, params }) {
      return withEtag(writable(await core.getSetting(db, actor, params)));
    },
    async replaceSetting({ db, actor, params, body, preconditions }) {
      return withEtag(writable(await core.replaceSetting(db, actor, { ...body, value: settingValue(body), ...params, preconditions })));
    },
    async clearSetting({ db, actor, params, preconditions }) {
      await core.clearSetting(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
    async applySettingToExisting({ db, actor, params, body }) {
      return { status: 200, body: writable(await core.applySettingToExisting(db, actor, { ...body, ...params })) };
    },

    async listProjectSettings({ db, actor, params, query }) {
      return { status: 200, body: writable(await core.listSettings(db, actor, { ...query, ...params })) };
    },
    async getProjectSetting({ db, actor, params }) {
      return withEtag(writable(await core.getSetting(db, actor, params)));
    },
    async replaceProjectSetting({ db, actor, params, body, preconditions }) {
      return withEtag(writable(await core.replaceSetting(db, actor, { ...body, value: settingValue(body), ...params, preconditions })));
    },
    async clearProjectSetting({ db, actor, params, preconditions }) {
      await core.clearSetting(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async listMySettings({ db, actor, params, query }) {
      const place = await core.ownPlace(db, actor, params.organizationId);
      return { status: 200, body: writable(await core.listSettings(db, actor, { ...query, ...place })) };
    },
    async getMySetting({ db, actor, params: { organizationId, settingKey } }) {
      const place = await core.ownPlace(db, actor, organizationId);
      return withEtag(writable(await core.getSetting(db, actor, { ...place, settingKey })));
    },
    async replaceMySetting({ db, actor, params: { organizationId, settingKey }, body, preconditions }) {
      const place = await core.ownPlace(db, actor, organizationId);
      return withEtag(
        writable(await core.replaceSetting(db, actor, { ...body, value: settingValue(body), ...place, settingKey, preconditions })),
      );
    },
    async clearMySetting({ db, actor, params: { organizationId, settingKey }, preconditions }) {
      const place = await core.ownPlace(db, actor, organizationId);
      await core.clearSetting(db, actor, { ...place, settingKey, preconditions });
      return { status: 204 };
    },
  };
}

import { foldEmail, isEmailAddress } from '../../core/base/email-address.ts';
import { isLabelKey } from '../../core/base/labels.ts';
import { hasTextForm, isName } from '../../core/base/text.ts';

/** A rule of a CRD as a function: `self` is the value that it stands on, `oldSelf` the value before. Values have the right types already. */
// biome-ignore lint/suspicious/noExplicitAny: CEL's own values are of any type; the schema has checked them.
export type CelRule = (self: any, oldSelf: any) => boolean;

const settingPattern = /^[a-z][a-z0-9-]{0,62}$/;
const slugPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Whether the year in UTC has four digits. Text that is no time is the business of the schema. */
function hasShortYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return Number.isNaN(year) || (year >= 1 && year <= 9999);
}

/**
 * Every CEL rule of the CRDs, by its text, restated. An API server runs the text, a directory of manifests the function; a rule
 * without one keeps the directory source from starting.
 */
export const celRules: Readonly<Record<string, CelRule>> = {
  'size(self.metadata.name) <= 63': (self) => [...self.metadata.name].length <= 63,
  "has(self.spec.slug) || self.metadata.name.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')": (self) =>
    self.spec.slug !== undefined || slugPattern.test(self.metadata.name),
  'has(self.slug) == has(oldSelf.slug) && (!has(self.slug) || self.slug == oldSelf.slug)': (self, oldSelf) => self.slug === oldSelf.slug,
  '!has(self.blueprint) || !has(oldSelf.blueprint) || self.blueprint == oldSelf.blueprint': (self, oldSelf) =>
    self.blueprint === undefined || oldSelf.blueprint === undefined || self.blueprint === oldSelf.blueprint,
  'self.organizationRef.name == oldSelf.organizationRef.name': (self, oldSelf) =>
    self.organizationRef.name === oldSelf.organizationRef.name,
  "self.membersPolicy != 'Exact' || (has(self.members) && size(self.members) > 0)": (self) =>
    self.membersPolicy !== 'Exact' || (self.members !== undefined && self.members.length > 0),
  "self.matches(r\"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$\") && self.indexOf('@') <= 64":
    (self) => isEmailAddress(self) && self === foldEmail(self),
  "self.matches(r\"^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$\") && self.indexOf('@') <= 64":
    (self) => isEmailAddress(self),
  'self.getFullYear() >= 1 && self.getFullYear() <= 9999': (self) => hasShortYear(self),
  "self.matches('^[^\\\\x00-\\\\x1f\\\\x7f-\\\\x9f\\\\x{ad}\\\\x{61c}\\\\x{180e}\\\\x{200b}\\\\x{200e}\\\\x{200f}\\\\x{2028}-\\\\x{202e}\\\\x{2060}-\\\\x{206f}\\\\x{feff}\\\\x{fff9}-\\\\x{fffb}\\\\x{200c}\\\\x{200d}\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}\\\\p{M}\\\\x{e0000}-\\\\x{e007f}][^\\\\x00-\\\\x1f\\\\x7f-\\\\x9f\\\\x{ad}\\\\x{61c}\\\\x{180e}\\\\x{200b}\\\\x{200e}\\\\x{200f}\\\\x{2028}-\\\\x{202e}\\\\x{2060}-\\\\x{206f}\\\\x{feff}\\\\x{fff9}-\\\\x{fffb}\\\\x{200c}\\\\x{200d}\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}]*([\\\\x{200c}\\\\x{200d}][^\\\\x00-\\\\x1f\\\\x7f-\\\\x9f\\\\x{ad}\\\\x{61c}\\\\x{180e}\\\\x{200b}\\\\x{200e}\\\\x{200f}\\\\x{2028}-\\\\x{202e}\\\\x{2060}-\\\\x{206f}\\\\x{feff}\\\\x{fff9}-\\\\x{fffb}\\\\x{200c}\\\\x{200d}\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}]+|[\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}]+[^\\\\x00-\\\\x1f\\\\x7f-\\\\x9f\\\\x{ad}\\\\x{61c}\\\\x{180e}\\\\x{200b}\\\\x{200e}\\\\x{200f}\\\\x{2028}-\\\\x{202e}\\\\x{2060}-\\\\x{206f}\\\\x{feff}\\\\x{fff9}-\\\\x{fffb}\\\\x{200c}\\\\x{200d}\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}\\\\p{M}\\\\x{e0000}-\\\\x{e007f}][^\\\\x00-\\\\x1f\\\\x7f-\\\\x9f\\\\x{ad}\\\\x{61c}\\\\x{180e}\\\\x{200b}\\\\x{200e}\\\\x{200f}\\\\x{2028}-\\\\x{202e}\\\\x{2060}-\\\\x{206f}\\\\x{feff}\\\\x{fff9}-\\\\x{fffb}\\\\x{200c}\\\\x{200d}\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}]*)*[\\\\p{Zs}\\\\x{115f}\\\\x{1160}\\\\x{2800}\\\\x{3164}\\\\x{ffa0}]*$')":
    (self) => isName(self),
  [String.raw`!self.matches('[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\x{ad}\\x{61c}\\x{180e}\\x{200b}\\x{200e}\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}\\x{feff}\\x{fff9}-\\x{fffb}]')`]:
    (self) => hasTextForm(self),
  [String.raw`self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$') && !key.matches('^([^/]*\\.)?tenet\\.dev/'))`]:
    (self) => Object.keys(self).every(isLabelKey),
  "self.all(key, size(key) <= 63 && key.matches('^[a-z][a-z0-9-]*$'))": (self) =>
    Object.keys(self).every((key) => settingPattern.test(key)),
  'self.all(role, self.exists_one(other, other == role))': (self) => new Set(self).size === self.length,
  "(self.from == 'Selector') == has(self.selector)": (self) => (self.from === 'Selector') === (self.selector !== undefined),
};

import { ConfigError } from '../../base/config.ts';
import { de } from './de.ts';
import { en } from './en.ts';

/** What every language says: the same words, each with the same values in it. */
export type MailWords = { readonly [mail in keyof typeof en]: { readonly [word in keyof (typeof en)[mail]]: string } };
export type MailName = Exclude<keyof typeof en, 'common'>;

/** The languages that mails are written in, by BCP 47 tag. */
export const languages: Readonly<Record<string, MailWords>> = { en, de };

/** Subjects in the place of those of the templates: by language and mail. */
export type Subjects = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How this installation writes its mails. */
export interface Wording {
  /** The language where an organization says none, or one that no mail is written in. */
  readonly language: string;
  readonly subjects: Subjects;
}

export const plainWording: Wording = { language: 'en', subjects: {} };

/** The wording of the configuration. Throws ConfigError for a language, a mail or a value that there is not. */
export function readWording(config: { readonly TENET_MAIL_LANGUAGE: string; readonly TENET_MAIL_SUBJECTS: Subjects }): Wording {
  const { TENET_MAIL_LANGUAGE: language, TENET_MAIL_SUBJECTS: subjects } = config;
  const problems = [
    ...(language in languages ? [] : [`TENET_MAIL_LANGUAGE must be one of ${Object.keys(languages).join(', ')}.`]),
    ...Object.entries(subjects).flatMap(([tag, own]) =>
      Object.entries(own).flatMap(([mail, subject]) => {
        const words = languages[tag];
        if (!words) return [`TENET_MAIL_SUBJECTS names the language ${tag}; there are ${Object.keys(languages).join(', ')}.`];
        if (mail === 'common' || !(mail in words))
          return [`TENET_MAIL_SUBJECTS names the mail ${mail}; there are ${mailNames.join(', ')}.`];
        const known = placeholders(words[mail as MailName].subject);
        const foreign = placeholders(subject).filter((name) => !known.includes(name));
        return foreign.map((name) => `TENET_MAIL_SUBJECTS: the subject of ${mail} has {${name}}; it may have {${known.join('}, {')}}.`);
      }),
    ),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return { language, subjects };
}

/** Every mail, by its name. */
export const mailNames = Object.keys(en).filter((name): name is MailName => name !== 'common');

/** The values that a text has a place for. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort();
}

/** The language of a mail: that of the organization, else the same one of another region, else the installation's. */
export function languageFor(wanted: string | null | undefined, { language }: Wording): string {
  const tag = wanted?.toLowerCase() ?? language;
  const [primary = ''] = tag.split('-');
  return [tag, primary].find((each) => Object.hasOwn(languages, each)) ?? language;
}

/** The forms in which a command prints what it has found. */
export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** The forms of a report for people, pull requests and other programs; `table` is what a terminal shows. */
export const reportFormats = ['pretty', 'json', 'markdown', 'github', 'sarif', 'junit'] as const;
export type ReportForm = 'table' | 'yaml' | Exclude<(typeof reportFormats)[number], 'pretty'>;

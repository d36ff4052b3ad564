/** Mocha's root hooks; files that need a database start it themselves. */
export const mochaHooks = {};

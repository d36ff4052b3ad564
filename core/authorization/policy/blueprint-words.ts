import { z } from 'zod';

/** Words that several parts of a blueprint are made of. */
export const word = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case words joined by hyphens');
export const roleId = z
  .string()
  .regex(/^(org|project)\.[a-z][a-z0-9-]{0,62}$/, 'must be org.<name> or project.<name>, for example org.admin');
export const title = z.string().min(1).max(200);
export const description = z.string().min(1).max(2000);
/** `member:list`; what is about giving and taking roles (`role:org.admin:assign`) is none of these. */
export const permissionPattern = /^[a-z][a-z0-9-]{0,62}:[a-z][a-z0-9-]{0,62}$/;

import { z } from 'zod';

/** What is written with digits alone: Number() would take `0x50`, `1e3` and a blank as well. */
export const whole = (least: number, most: number) => z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(least).max(most));
/** A port; 0 takes a free one. */
export const port = whole(0, 65_535);
/** What a port must be, in words. */
export const aPort = 'a whole number from 0 to 65535';
/** What a number of things in a day must be, in words. */
export const aBudget = 'a whole number from 1 to 1000000';
/** A part of a whole. */
export const share = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
  .pipe(z.number().min(0).max(1));
/** What a share must be, in words. */
export const aShare = 'a number from 0 to 1';
/** The name of a kind of organization. */
export const blueprintName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
/** The name of a namespace of Kubernetes. */
export const namespaceName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** A switch. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** What a switch must be, in words. */
export const aFlag = 'true or false';
/** Numbers of seconds, separated by commas. */
export const secondsList = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?(,\d{1,6}(\.\d{1,3})?){0,19}$/)
  .transform((list) => list.split(',').map(Number));
/** Words, separated by commas; none where it is not given. */
export const commaList = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  );

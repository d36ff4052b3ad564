/** A sealed value or a data key that does not open: the key is gone, or the row is not the one that it was written to. The message holds ids, no secrets. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

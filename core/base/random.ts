import { randomFillSync } from 'node:crypto';

const block = Buffer.alloc(8_192);
let used = block.length;

/** Random bytes, drawn by the block because a draw costs more than all else that an id needs. They hold until the next call. */
export function randomBytes(size: number): Buffer {
  return block.subarray(draw(size), used);
}

/** The digits of so many random bytes, in lower case. */
export function randomHex(size: number): string {
  return block.toString('hex', draw(size), used);
}

function draw(size: number): number {
  if (size > block.length) throw new RangeError('so many random bytes are drawn elsewhere');
  if (used + size > block.length) {
    randomFillSync(block);
    used = 0;
  }
  used += size;
  return used - size;
}

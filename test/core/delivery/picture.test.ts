import { expect } from 'chai';
import { readPicture } from '../../../core/delivery/picture.ts';
import { jpg, png, svg } from '../../helpers/pictures.ts';

describe('a picture', () => {
  it('is a PNG, a JPG or an SVG with its size, whatever it is called', async () => {
    expect(await readPicture(png(120, 200))).to.deep.equal({ format: 'PNG', width: 120, height: 200 });
    expect(await readPicture(jpg(640, 480))).to.deep.equal({ format: 'JPG', width: 640, height: 480 });
    expect(await readPicture(svg('width="300px" height="150"'))).to.deep.equal({ format: 'SVG', width: 300, height: 150 });
    expect(await readPicture(svg('viewBox="0 0 512 256"'))).to.deep.equal({ format: 'SVG', width: 512, height: 256 });
    expect(await readPicture(svg("width='100%'"))).to.deep.equal({ format: 'SVG' });
  });

  const bomb = `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg width="200" height="200">&b;</svg>`;
  const none: [title: string, bytes: Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!doctype html><html><svg width="200" height="200"></svg></html>')],
    ['a PNG whose header says more pixels than there are', png(100, 100, { width: 500, height: 500 })],
    ['a PNG whose header says fewer', png(500, 500, { height: 120 })],
    ['a PNG of a billion pixels', png(1, 1, { width: 40_000, height: 40_000 })],
    ['a PNG that is cut off', png(200, 200).subarray(0, -20)],
    ['a PNG with a bit turned', Buffer.from(png(200, 200).map((byte, at) => (at === 20 ? byte ^ 1 : byte)))],
    ['the signature of a PNG alone', png(200, 200).subarray(0, 8)],
    ['a JPG that is cut off', jpg(200, 200).subarray(0, -2)],
    ['a JPG without a frame', Buffer.from('ffd8ffda000201ffd9', 'hex')],
    ['an SVG that declares entities', Buffer.from(bomb)],
    ['an SVG that does not end', Buffer.from('<svg width="200" height="200"><path/>')],
    ['an SVG inside of something else', Buffer.from('<html><svg width="1" height="1"></svg></html>')],
    ['many tags that do not end', Buffer.from('<svg '.repeat(200_000))],
    ['many comments that do not end', Buffer.from('<!--'.repeat(200_000))],
    ['a GIF', Buffer.from('GIF89a')],
  ];
  for (const [title, bytes] of none) {
    it(`${title} is none`, async () => expect(await readPicture(bytes)).to.equal(undefined));
  }
});

import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';

const inflated = promisify(inflate);

/** What a picture is. A drawing that says no size has none. */
export interface Picture {
  readonly format: 'PNG' | 'JPG' | 'SVG';
  readonly width?: number;
  readonly height?: number;
}

/** More pixels than these are not decoded. */
const maxRawBytes = 64 * 1024 * 1024;
/** Where the first element of a drawing begins and ends at the latest. */
const maxHead = 8_192;

/** What these bytes are as a picture; undefined when they are none, or are cut off. The name and the media type that they came with do not count. */
export async function readPicture(bytes: Buffer): Promise<Picture | undefined> {
  if (bytes.subarray(0, 8).equals(pngSignature)) return readPng(bytes);
  if (bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8) return readJpg(bytes);
  return readSvg(bytes);
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');
/** Samples of a pixel by the colour type of a PNG. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Where the passes of an interlaced PNG begin, and their steps: x, y, dx, dy. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Reads every chunk and unpacks the pixels: a header that says another size than they have is none. */
async function readPng(bytes: Buffer): Promise<Picture | undefined> {
  const chunks = pngChunks(bytes);
  const header = chunks?.[0];
  if (!chunks || header?.type !== 'IHDR' || header.data.length !== 13 || chunks.at(-1)!.type !== 'IEND') return undefined;
  const { data } = header;
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const bits = (samples[data[9]!] ?? 0) * data[8]!;
  if (width === 0 || height === 0 || bits === 0) return undefined;
  const size = data[12] === 1 ? interlacedSize(width, height, bits) : plainSize(width, height, bits);
  if (size > maxRawBytes) return undefined;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data));
  const raw = await inflated(packed, { maxOutputLength: size + 1 }).catch(() => undefined);
  return raw?.length === size ? { format: 'PNG', width, height } : undefined;
}

function pngChunks(bytes: Buffer): { type: string; data: Buffer }[] | undefined {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return undefined;
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end) });
    if (chunks.at(-1)!.type === 'IEND') return chunks;
    at = end + 4;
  }
  return undefined;
}

/** Bytes of the pixels: each line has one in front that says how it is filtered. */
function plainSize(width: number, height: number, bits: number): number {
  return width === 0 ? 0 : height * (1 + Math.ceil((width * bits) / 8));
}

function interlacedSize(width: number, height: number, bits: number): number {
  const of = (length: number, first: number, step: number): number => Math.max(0, Math.ceil((length - first) / step));
  return passes.reduce((sum, [x, y, dx, dy]) => sum + plainSize(of(width, x, dx), of(height, y, dy), bits), 0);
}

/** Marks that begin a frame: C0 to CF but for three. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Walks the segments up to the frame; the end mark must be there. */
function readJpg(bytes: Buffer): Picture | undefined {
  if (bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0) return undefined;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (isFrame(marker)) return jpgFrame(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    // Pixels before any frame, or no segment.
    if (marker === 0xda || marker < 0xc0) return undefined;
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function jpgFrame(width: number, height: number): Picture | undefined {
  return width === 0 || height === 0 ? undefined : { format: 'JPG', width, height };
}

/** Reads the first element alone. A drawing that declares entities is refused: they may unfold to anything. */
function readSvg(bytes: Buffer): Picture | undefined {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (/<!(doctype|entity)/i.test(text) || text.includes('\0')) return undefined;
  const head = firstElement(text);
  if (head === undefined || !/^<svg[\s/>]/.test(head)) return undefined;
  if (!head.endsWith('/>') && !text.trimEnd().endsWith('</svg>')) return undefined;
  const attributes = new Map(
    [...head.matchAll(/\s([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((match) => [match[1], match[2] ?? match[3]]),
  );
  const box =
    attributes
      .get('viewBox')
      ?.trim()
      .split(/[\s,]+/) ?? [];
  const width = pixels(attributes.get('width')) ?? pixels(box[2]);
  const height = pixels(attributes.get('height')) ?? pixels(box[3]);
  return { format: 'SVG', ...(width !== undefined && height !== undefined && { width, height }) };
}

/** The first tag behind a declaration and comments. */
function firstElement(text: string): string | undefined {
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(text.slice(at, at + maxHead))![0].length;
    const close = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
    if (close === undefined) return /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(text.slice(at, at + maxHead))?.[0];
    const end = text.indexOf(close, at + 2);
    if (end < 0) return undefined;
    at = end + close.length;
  }
}

function pixels(text: string | undefined): number | undefined {
  const match = /^\s*(\d{1,6}(?:\.\d{1,6})?)(px)?\s*$/.exec(text ?? '');
  return match ? Math.round(Number(match[1])) : undefined;
}

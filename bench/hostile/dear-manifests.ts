const head = (name: string) =>
  `apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: ${name}}\nspec: {displayName: ${name}}\n`;
const most = 1_048_000;

/** Files of manifests by name, each as dear to read as its bound lets it be, and other ones in each round so that all are read again. */
export function dearManifests(round: number): Record<string, string> {
  const mark = `# ${round}\n`;
  const fill = (piece: (index: number) => string, count: number) => Array.from({ length: count }, (_, index) => piece(index)).join('');
  return {
    keys: `${mark}${head('keys')}${fill((index) => `k${index}: 1\n`, 49_000)}`,
    members: `${mark}${head('members').replace(/\{displayName.*/, '\n  members:\n')}${fill((index) => `    - {email: e${index}, roles: 1}\n`, 12_000)}`,
    aliases: `${mark}${head('aliases')}a: &a ${'x'.repeat(20_000)}\nb: [${'*a,'.repeat(99)}]\n`,
    growing: `${mark}${head('growing')}${fill((index) => `a${index}: &a${index} [${index === 0 ? '1' : `*a${index - 1},`.repeat(10)}]\n`, 9)}`,
    deep: `${mark}a: ${'['.repeat(most / 2 - 100)}${']'.repeat(most / 2 - 100)}\n`,
    indented: `${mark}${fill((index) => `${' '.repeat(index)}a:\n`, 1_440)}`,
    documents: `${mark}${fill((index) => `---\n${head(`d${index}`)}`, 999)}`,
    values: `${mark}a: [${'1,'.repeat(most / 2 - 100)}]\n`,
    quoted: `${mark}a: "${'\\\n'.repeat(most / 2 - 100)}"\n`,
    errors: `${mark}${fill((index) => `a: b: ${index}\n`, 60_000)}`,
  };
}

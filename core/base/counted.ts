/** A number as people read it, with what it counts where that is said. */
export function counted(count: number, one?: string, more = `${one}s`): string {
  const number = count.toLocaleString('en');
  return one === undefined ? number : `${number} ${count === 1 ? one : more}`;
}

/** Items that wait, by owner. Owners take turns with each other; the items of one owner keep their order. */
export class OwnerQueue<T> {
  /** The owner who has the next turn is the first. */
  readonly #queues = new Map<string, T[]>();
  #size = 0;

  /** How many items of all owners wait. */
  get size(): number {
    return this.#size;
  }

  countOf(owner: string): number {
    return this.#queues.get(owner)?.length ?? 0;
  }

  add(owner: string, item: T): void {
    const own = this.#queues.get(owner);
    if (own) own.push(item);
    else this.#queues.set(owner, [item]);
    this.#size += 1;
  }

  /** Takes out the next item that fits, and puts its owner behind the others. */
  take(fits: (item: T) => boolean = () => true): T | undefined {
    for (const [owner, own] of this.#queues) {
      const at = own.findIndex(fits);
      if (at < 0) continue;
      const [item] = own.splice(at, 1);
      this.#queues.delete(owner);
      if (own.length > 0) this.#queues.set(owner, own);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** Takes out an item that waits no longer; its owner keeps the turn. */
  remove(owner: string, item: T): void {
    const own = this.#queues.get(owner)!;
    own.splice(own.indexOf(item), 1);
    if (own.length === 0) this.#queues.delete(owner);
    this.#size -= 1;
  }
}

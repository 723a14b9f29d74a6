/** A binary min-heap over a strict order. `push` and `pop` are O(log n), `peek` is O(1). */
export class Heap<T> {
  private readonly items: T[] = [];
  private readonly before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items, before } = this;
    let hole = items.length;
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as T;
      if (!before(item, above)) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.sink(last, 0);
    return top;
  }

  /** Keeps only the items that `keep` accepts, in O(n). */
  filter(keep: (item: T) => boolean): void {
    const kept = this.items.filter(keep);
    this.items.length = 0;
    for (const item of kept) this.items.push(item);
    for (let at = (kept.length >> 1) - 1; at >= 0; at--) this.sink(kept[at] as T, at);
  }

  private sink(item: T, from: number): void {
    const { items, before } = this;
    const size = items.length;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && before(items[child + 1] as T, items[child] as T)) child++;
      const below = items[child] as T;
      if (!before(below, item)) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = item;
  }
}

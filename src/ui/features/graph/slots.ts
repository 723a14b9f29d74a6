/** Numbered places that things keep while others come and go: the lowest free one is given out. */
export class Slots {
  private readonly taken: (string | undefined)[] = [];
  private readonly places = new Map<string, number>();

  get size(): number {
    return this.places.size;
  }

  /** One more than the highest place in use. */
  get extent(): number {
    return this.taken.length;
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  entries(): IterableIterator<[string, number]> {
    return this.places.entries();
  }

  at(place: number): string | undefined {
    return this.taken[place];
  }

  placeOf(key: string): number | undefined {
    return this.places.get(key);
  }

  add(key: string): number {
    const present = this.places.get(key);
    if (present !== undefined) return present;
    let place = this.taken.indexOf(undefined);
    if (place < 0) place = this.taken.length;
    this.taken[place] = key;
    this.places.set(key, place);
    return place;
  }

  remove(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    this.places.delete(key);
    this.taken[place] = undefined;
    while (this.taken.length && this.taken.at(-1) === undefined) this.taken.pop();
  }
}

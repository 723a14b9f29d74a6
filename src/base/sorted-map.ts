import Imported from 'sorted-btree';

type Constructor = typeof Imported;

/** A map in the order of its keys: a B+ tree. */
export type SortedMap<K, V> = InstanceType<typeof Imported<K, V>>;

/** The library is CommonJS: Node hands its exports whole, bundlers hand the class. */
export const SortedMap: Constructor = (Imported as unknown as { default?: Constructor }).default ?? Imported;

/** Values that are loaded on first use. */

/** A function that gives the value later, on first use. */
export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

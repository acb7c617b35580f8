/** Stands for a page that is being written; the last one takes this file away. */
export function Pending() {
  return null;
}

const KEY = 'harkara.templates.used';

function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

/** Counts that a template was sent from this browser. */
export function used(template: string): void {
  const counts = read();
  counts[template] = (counts[template] ?? 0) + 1;
  try {
    localStorage.setItem(KEY, JSON.stringify(counts));
  } catch {
    // Not counted, then.
  }
}

/** The three that were sent from this browser most, of those that can be sent. */
export function mostUsed<T extends { id: string }>(templates: readonly T[]): T[] {
  const counts = read();
  return templates
    .filter((one) => counts[one.id])
    .sort((a, b) => (counts[b.id] ?? 0) - (counts[a.id] ?? 0))
    .slice(0, 3);
}

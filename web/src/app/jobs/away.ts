const KEY = 'harkara.jobs.away';
/** Ids that are remembered: more results than the tray can show. */
const MOST = 100;

/** Results that were put away in this browser. */
export function readAway(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function putAway(ids: readonly string[]): string[] {
  const away = [...new Set([...readAway(), ...ids])].slice(-MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(away));
  } catch {
    // Without storage they come back with the next page.
  }
  return away;
}

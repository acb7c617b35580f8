/** What the audit log is narrowed to, as it stands in the address. Days are `2026-11-26`, in the viewer's zone. */
export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** The entry that is open. */
  id?: string | undefined;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const day = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export const readFilter = (search: Record<string, unknown>): AuditFilter => ({
  actor: text(search.actor),
  action: text(search.action),
  object: text(search.object),
  from: day(search.from),
  to: day(search.to),
  id: text(search.id),
});

/** The filter as the API takes it: days become moments, the last day is meant whole. */
export function asQuery({ actor, action, object, from, to }: AuditFilter) {
  const start = (day: string, plus = 0) => {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return new Date(year, month - 1, date + plus).getTime();
  };
  return {
    actor,
    action,
    object,
    since: from ? start(from) : undefined,
    until: to ? start(to, 1) : undefined,
  };
}

/** The address of the CSV with the same filter. */
export function exportPath(filter: AuditFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asQuery(filter))) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return `/api/v1/audit/export${text ? `?${text}` : ''}`;
}

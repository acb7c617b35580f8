import { readDay, span } from '~/ui/days';

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

export const readFilter = (search: Record<string, unknown>): AuditFilter => ({
  actor: text(search.actor),
  action: text(search.action),
  object: text(search.object),
  from: readDay(search.from),
  to: readDay(search.to),
  id: text(search.id),
});

/** The filter as the API takes it: days become moments, the last day is meant whole. */
export function asQuery({ actor, action, object, from, to }: AuditFilter) {
  return { actor, action, object, ...span({ from, to }) };
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

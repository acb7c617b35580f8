import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const text = (value: unknown) =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined;

export type Condition = Schemas['Condition'];
const COMPARISONS = [
  'equal',
  'not_equal',
  'one_of',
  'none_of',
  'contains',
  'begins_with',
  'above',
  'below',
  'set',
  'not_set',
] as const satisfies readonly Condition['is'][];

export const CONSENTS = ['opted_in', 'opted_out', 'not_recorded'] as const;
export type Consent = (typeof CONSENTS)[number];
export interface ProfileFilter {
  q?: string;
  consent?: Consent;
  /** A list, by its id. */
  list?: string;
  /** All of these hold. */
  conditions?: Condition[];
}
/** Conditions as they stand in an address; what is none is left out. */
function conditions(value: unknown): Condition[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.filter(
    (one: unknown): one is Condition =>
      typeof one === 'object' &&
      one !== null &&
      typeof (one as Condition).attribute === 'string' &&
      (COMPARISONS as readonly unknown[]).includes((one as Condition).is),
  );
  return all.length > 0 ? all : undefined;
}
/** Lists in their page. */
export interface ListsSearch {
  q?: string;
  /** Those that were deleted. */
  deleted?: true;
}
const list = createRoute({
  getParentRoute: () => shell,
  path: '/profiles',
  validateSearch: (raw: Record<string, unknown>): ProfileFilter => ({
    q: text(raw.q),
    consent: CONSENTS.find((known) => known === raw.consent),
    list: text(raw.list),
    conditions: conditions(raw.conditions),
  }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./ProfilesPage')),
    'ProfilesPage',
  ),
});

const lists = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/lists',
  validateSearch: (raw: Record<string, unknown>): ListsSearch => ({
    q: text(raw.q),
    deleted: raw.deleted === true || undefined,
  }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./lists/ListsPage')),
    'ListsPage',
  ),
});

const upload = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/import',
  /** The import that waits to be started, once the server has the file. */
  validateSearch: (raw: Record<string, unknown>): { draft?: string } => ({ draft: text(raw.draft) }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./import/ImportPage')),
    'ImportPage',
  ),
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/imports',
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./import/ImportsPage')),
    'ImportsPage',
  ),
});
const imported = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/imports/$id',
  /** The name of the list that its people were put on, when it was just begun. */
  validateSearch: (raw: Record<string, unknown>): { list?: string } => ({ list: text(raw.list) }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./import/JobPage')),
    'JobPage',
  ),
});

export interface ProfileSearch {
  /** Only this part of the history. */
  show?: 'consent';
  /** The message that is looked at. */
  message?: string;
}
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/$id',
  validateSearch: (raw: Record<string, unknown>): ProfileSearch => ({
    show: raw.show === 'consent' ? 'consent' : undefined,
    message: text(raw.message),
  }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./ProfilePage')),
    'ProfilePage',
  ),
});

export const profilesRoutes = [list, lists, upload, imports, imported, detail] as const;

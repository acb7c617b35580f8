import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const text = (value: unknown) =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined;

export const CONSENTS = ['opted_in', 'opted_out', 'not_recorded'] as const;
export type Consent = (typeof CONSENTS)[number];
export interface ProfileFilter {
  q?: string;
  consent?: Consent;
  /** A list, by its id. */
  list?: string;
}
const list = createRoute({
  getParentRoute: () => shell,
  path: '/profiles',
  validateSearch: (raw: Record<string, unknown>): ProfileFilter => ({
    q: text(raw.q),
    consent: CONSENTS.find((known) => known === raw.consent),
    list: text(raw.list),
  }),
  component: lazyRouteComponent(
    withTexts('profiles', () => import('./ProfilesPage')),
    'ProfilesPage',
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

export const profilesRoutes = [list, upload, imports, imported, detail] as const;

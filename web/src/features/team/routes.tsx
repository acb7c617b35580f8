import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';
import { readFilter } from './filter';

const people = createRoute({
  getParentRoute: () => shell,
  path: '/settings/people',
  // The palette leads to the form.
  validateSearch: (raw: Record<string, unknown>): { invite?: true } =>
    raw.invite === true ? { invite: true } : {},
  component: lazyRouteComponent(
    withTexts('team', () => import('./People')),
    'People',
  ),
});
const me = createRoute({
  getParentRoute: () => shell,
  path: '/settings/me',
  component: lazyRouteComponent(
    withTexts('team', () => import('./Me')),
    'Me',
  ),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/settings/audit',
  validateSearch: readFilter,
  component: lazyRouteComponent(
    withTexts('team', () => import('./Audit')),
    'Audit',
  ),
});

export const teamRoutes = [people, me, audit] as const;

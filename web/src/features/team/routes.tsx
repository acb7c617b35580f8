import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { readFilter } from './filter';

const people = createRoute({
  getParentRoute: () => shell,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('./People'), 'People'),
});
const me = createRoute({
  getParentRoute: () => shell,
  path: '/settings/me',
  component: lazyRouteComponent(() => import('./Me'), 'Me'),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/settings/audit',
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import('./Audit'), 'Audit'),
});

export const teamRoutes = [people, me, audit] as const;

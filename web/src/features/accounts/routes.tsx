import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';

const TABS = ['setup', 'numbers', 'trouble'] as const;

const list = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp',
  component: lazyRouteComponent(() => import('./ListPage'), 'ListPage'),
});
const create = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/new',
  component: lazyRouteComponent(() => import('./CreatePage'), 'CreatePage'),
});
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/$id',
  validateSearch: (search: Record<string, unknown>) => ({
    tab: TABS.find((tab) => tab === search.tab) ?? 'setup',
  }),
  component: lazyRouteComponent(() => import('./DetailPage'), 'DetailPage'),
});

export const accountsRoutes = [list, create, detail] as const;

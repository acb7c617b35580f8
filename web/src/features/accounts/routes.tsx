import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const TABS = ['setup', 'numbers', 'auto-reply', 'trouble'] as const;

const list = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp',
  component: lazyRouteComponent(
    withTexts('accounts', () => import('./ListPage')),
    'ListPage',
  ),
});
const create = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/new',
  component: lazyRouteComponent(
    withTexts('accounts', () => import('./CreatePage')),
    'CreatePage',
  ),
});
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/$id',
  validateSearch: (search: Record<string, unknown>) => ({
    tab: TABS.find((tab) => tab === search.tab) ?? 'setup',
  }),
  component: lazyRouteComponent(
    withTexts('accounts', () => import('./DetailPage')),
    'DetailPage',
  ),
});

export const accountsRoutes = [list, create, detail] as const;

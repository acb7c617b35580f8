import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export interface ListSearch {
  q?: string | undefined;
  account?: string | undefined;
  status?: string | undefined;
}

const list = createRoute({
  getParentRoute: () => shell,
  path: '/templates',
  component: lazyRouteComponent(
    withTexts('templates', () => import('./TemplateList')),
    'TemplateList',
  ),
  validateSearch: (search: Record<string, unknown>): ListSearch => ({
    q: text(search.q),
    account: text(search.account),
    status: text(search.status),
  }),
});
const create = createRoute({
  getParentRoute: () => shell,
  path: '/templates/new',
  component: lazyRouteComponent(
    withTexts('templates', () => import('./NewTemplate')),
    'NewTemplate',
  ),
  validateSearch: (search: Record<string, unknown>): { from?: string | undefined } => ({
    from: text(search.from),
  }),
});
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/templates/$id',
  component: lazyRouteComponent(
    withTexts('templates', () => import('./TemplatePage')),
    'TemplatePage',
  ),
});

export const templatesRoutes = [list, create, detail] as const;

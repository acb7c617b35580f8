import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const one = <T extends string>(all: readonly T[], value: unknown): T | undefined =>
  all.find((known) => known === value);

/** Orders other than by name, in which the languages of a name stand together. */
export const SORTS = ['newest', 'last_sent'] as const;
export interface ListSearch {
  q?: string | undefined;
  account?: string | undefined;
  status?: string | undefined;
  category?: string | undefined;
  language?: string | undefined;
  /** Only those that say something else at their provider. */
  differs?: true | undefined;
  sort?: (typeof SORTS)[number] | undefined;
  /** Those that were deleted, in place of the others. */
  deleted?: true | undefined;
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
    category: text(search.category),
    language: text(search.language),
    differs: search.differs === true ? true : undefined,
    sort: one(SORTS, search.sort),
    deleted: search.deleted === true ? true : undefined,
  }),
});
export interface SamplesSearch {
  account?: string | undefined;
  language?: string | undefined;
}
export interface NewSearch extends SamplesSearch {
  /** The template to copy. */
  from?: string | undefined;
  sample?: string | undefined;
}

const create = createRoute({
  getParentRoute: () => shell,
  path: '/templates/new',
  component: lazyRouteComponent(
    withTexts('templates', () => import('./NewTemplate')),
    'NewTemplate',
  ),
  validateSearch: (search: Record<string, unknown>): NewSearch => ({
    from: text(search.from),
    sample: text(search.sample),
    language: text(search.language),
    account: text(search.account),
  }),
});
const samples = createRoute({
  getParentRoute: () => shell,
  path: '/templates/samples',
  component: lazyRouteComponent(
    withTexts('templates', () => import('./Samples')),
    'Samples',
  ),
  validateSearch: (search: Record<string, unknown>): SamplesSearch => ({
    account: text(search.account),
    language: text(search.language),
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

export const templatesRoutes = [list, create, samples, detail] as const;

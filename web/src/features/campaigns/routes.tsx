import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const one = <T extends string>(all: readonly T[], value: unknown): T | undefined =>
  all.find((known) => known === value);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

export const LIST_TABS = ['running', 'scheduled', 'drafts', 'finished', 'archived'] as const;
export type ListTab = (typeof LIST_TABS)[number];
export const LIST_SORTS = ['name', 'start'] as const;
export interface ListSearch {
  tab?: ListTab | undefined;
  q?: string | undefined;
  label?: string | undefined;
  /** Who wrote it, a user or an API key. */
  owner?: string | undefined;
  /** Made with this template. */
  template?: string | undefined;
  /** Newest first when absent. */
  sort?: (typeof LIST_SORTS)[number] | undefined;
  /** Scheduled campaigns by day instead of in a list. */
  view?: 'month' | undefined;
  /** The month that is shown, such as `2026-11`; this one when absent. */
  month?: string | undefined;
}
const list = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns',
  validateSearch: (raw: Record<string, unknown>): ListSearch => ({
    tab: one(LIST_TABS, raw.tab),
    q: text(raw.q),
    label: text(raw.label),
    owner: text(raw.owner),
    template: text(raw.template),
    sort: one(LIST_SORTS, raw.sort),
    view: raw.view === 'month' ? 'month' : undefined,
    month: text(raw.month),
  }),
  component: lazyRouteComponent(
    withTexts('campaigns', () => import('./CampaignsPage')),
    'CampaignsPage',
  ),
});

const create = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/new',
  validateSearch: (raw: Record<string, unknown>): { template?: string } => ({ template: text(raw.template) }),
  component: lazyRouteComponent(
    withTexts('campaigns', () => import('./NewCampaign')),
    'NewCampaign',
  ),
});

export const RUN_TABS = ['people', 'setup'] as const;
export interface RunSearch {
  /** The overview when there is none. */
  tab?: (typeof RUN_TABS)[number];
  state?: string;
  /** Only failures of this kind. */
  kind?: string;
  q?: string;
  /** The message that is looked at. */
  message?: string;
}
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$id',
  validateSearch: (raw: Record<string, unknown>): RunSearch => ({
    tab: one(RUN_TABS, raw.tab),
    state: text(raw.state),
    kind: text(raw.kind),
    q: text(raw.q),
    message: text(raw.message),
  }),
  component: lazyRouteComponent(
    withTexts('campaigns', () => import('./run/CampaignPage')),
    'CampaignPage',
  ),
});

export const STEPS = ['who', 'what', 'when', 'review'] as const;
export type Step = (typeof STEPS)[number];
const edit = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$id/edit',
  validateSearch: (raw: Record<string, unknown>): { step?: Step } => ({ step: one(STEPS, raw.step) }),
  component: lazyRouteComponent(
    withTexts('campaigns', () => import('./edit/EditPage')),
    'EditPage',
  ),
});

const cap = createRoute({
  getParentRoute: () => shell,
  path: '/settings/frequency-cap',
  component: lazyRouteComponent(
    withTexts('campaigns', () => import('./cap/CapPage')),
    'CapPage',
  ),
});

export const campaignsRoutes = [list, create, detail, edit, cap] as const;

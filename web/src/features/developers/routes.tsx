import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';
import { readLog } from './about';
import { type AttemptFilter, type CallbackFilter, isOutcome, isState } from './states';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const index = createRoute({
  getParentRoute: () => shell,
  path: '/developers',
  component: lazyRouteComponent(
    withTexts('developers', () => import('./Keys')),
    'Keys',
  ),
});
const callbacks = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks',
  validateSearch: (search: Record<string, unknown>): CallbackFilter => ({
    state: isState(search.state) ? search.state : undefined,
    account: text(search.account),
    ...readLog(search),
  }),
  component: lazyRouteComponent(
    withTexts('developers', () => import('./Callbacks')),
    'Callbacks',
  ),
});
const callback = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks/$id',
  validateSearch: (search: Record<string, unknown>): { message?: string | undefined } => ({
    message: text(search.message),
  }),
  component: lazyRouteComponent(
    withTexts('developers', () => import('./Callback')),
    'Callback',
  ),
});
const attempts = createRoute({
  getParentRoute: () => shell,
  path: '/developers/attempts',
  validateSearch: (search: Record<string, unknown>): AttemptFilter & { message?: string | undefined } => ({
    outcome: isOutcome(search.outcome) ? search.outcome : undefined,
    account: text(search.account),
    ...readLog(search),
    message: text(search.message),
  }),
  component: lazyRouteComponent(
    withTexts('developers', () => import('./Attempts')),
    'Attempts',
  ),
});
const reference = createRoute({
  getParentRoute: () => shell,
  path: '/developers/api',
  validateSearch: (search: Record<string, unknown>): { q?: string; op?: string } => ({
    q: text(search.q),
    op: text(search.op),
  }),
  component: lazyRouteComponent(
    withTexts('developers', () => import('./Reference')),
    'Reference',
  ),
});

export const developersRoutes = [index, callbacks, callback, attempts, reference] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { type CallbackFilter, isState } from './states';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const index = createRoute({
  getParentRoute: () => shell,
  path: '/developers',
  component: lazyRouteComponent(() => import('./Keys'), 'Keys'),
});
const callbacks = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks',
  validateSearch: (search: Record<string, unknown>): CallbackFilter => ({
    state: isState(search.state) ? search.state : undefined,
    account: text(search.account),
  }),
  component: lazyRouteComponent(() => import('./Callbacks'), 'Callbacks'),
});
const callback = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks/$id',
  component: lazyRouteComponent(() => import('./Callback'), 'Callback'),
});
const reference = createRoute({
  getParentRoute: () => shell,
  path: '/developers/api',
  validateSearch: (search: Record<string, unknown>): { q?: string; op?: string } => ({
    q: text(search.q),
    op: text(search.op),
  }),
  component: lazyRouteComponent(() => import('./Reference'), 'Reference'),
});

export const developersRoutes = [index, callbacks, callback, reference] as const;

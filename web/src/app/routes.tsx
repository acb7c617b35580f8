import { createRootRoute, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queryClient } from '~/api/query';
import { sessionQuery } from '~/api/session';
import { NotFound, PageError } from './errors';
import { Root } from './Root';

export const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: PageError,
});

const frame = () => import('./Shell');
// Whoever comes is mostly signed in: the frame is fetched while the server is asked who it is.
if (!/^\/(signin|setup|invite|_kit)\b/.test(location.pathname)) {
  void frame().catch(() => undefined);
  void queryClient.prefetchQuery(sessionQuery);
}

/** Everything behind the sign-in. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/signin', search: { to: location.href } });
  },
  component: lazyRouteComponent(frame, 'Shell'),
  notFoundComponent: NotFound,
  errorComponent: PageError,
});

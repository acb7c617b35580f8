import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/app/routes';

/**
 * `/_kit`, for whoever builds pages: in development only, a production build leaves it out, and `scripts/budget.mjs` looks.
 * Nothing links to it, so the router's types need not know it.
 */
export const kitRoutes = (
  import.meta.env.DEV
    ? [
        createRoute({
          getParentRoute: () => root,
          path: '/_kit',
          component: lazyRouteComponent(() => import('./Kit'), 'Kit'),
        }),
      ]
    : []
) as [];

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';

const phone = createRoute({
  getParentRoute: () => shell,
  path: '/phone',
  component: lazyRouteComponent(() => import('./PhonePage'), 'PhonePage'),
});

export const phoneRoutes = [phone] as const;

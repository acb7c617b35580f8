import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

const phone = createRoute({
  getParentRoute: () => shell,
  path: '/phone',
  component: lazyRouteComponent(
    withTexts('phone', () => import('./PhonePage')),
    'PhonePage',
  ),
});

export const phoneRoutes = [phone] as const;

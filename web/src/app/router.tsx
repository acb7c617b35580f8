import { createRouter } from '@tanstack/react-router';
import { accountsRoutes } from '~/features/accounts/routes';
import { campaignsRoutes } from '~/features/campaigns/routes';
import { developersRoutes } from '~/features/developers/routes';
import { inboxRoutes } from '~/features/inbox/routes';
import { phoneRoutes } from '~/features/phone/routes';
import { profilesRoutes } from '~/features/profiles/routes';
import { startPublicRoutes, startRoutes } from '~/features/start/routes';
import { teamRoutes } from '~/features/team/routes';
import { templatesRoutes } from '~/features/templates/routes';
import { kitRoutes } from '~/kit/routes';
import { root, shell } from './routes';

const tree = root.addChildren([
  ...startPublicRoutes,
  ...kitRoutes,
  shell.addChildren([
    ...startRoutes,
    ...accountsRoutes,
    ...teamRoutes,
    ...developersRoutes,
    ...templatesRoutes,
    ...campaignsRoutes,
    ...profilesRoutes,
    ...inboxRoutes,
    ...phoneRoutes,
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const list = createRoute({ getParentRoute: () => shell, path: '/settings/whatsapp', component: Pending });
const create = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/new',
  component: Pending,
});
const detail = createRoute({
  getParentRoute: () => shell,
  path: '/settings/whatsapp/$id',
  component: Pending,
});

export const accountsRoutes = [list, create, detail] as const;

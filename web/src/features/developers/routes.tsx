import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const index = createRoute({ getParentRoute: () => shell, path: '/developers', component: Pending });
const callbacks = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks',
  component: Pending,
});
const callback = createRoute({
  getParentRoute: () => shell,
  path: '/developers/callbacks/$id',
  component: Pending,
});
const reference = createRoute({ getParentRoute: () => shell, path: '/developers/api', component: Pending });

export const developersRoutes = [index, callbacks, callback, reference] as const;

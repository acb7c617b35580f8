import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { root, shell } from '~/app/routes';

const signin = createRoute({ getParentRoute: () => root, path: '/signin', component: Pending });
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: Pending });
const invite = createRoute({ getParentRoute: () => root, path: '/invite/$token', component: Pending });
const reset = createRoute({ getParentRoute: () => root, path: '/reset/$token', component: Pending });
const home = createRoute({ getParentRoute: () => shell, path: '/', component: Pending });
const welcome = createRoute({ getParentRoute: () => shell, path: '/welcome', component: Pending });

export const startPublicRoutes = [signin, setup, invite, reset] as const;
export const startRoutes = [home, welcome] as const;

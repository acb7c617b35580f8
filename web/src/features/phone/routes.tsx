import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const phone = createRoute({ getParentRoute: () => shell, path: '/phone', component: Pending });

export const phoneRoutes = [phone] as const;

import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { withTexts } from '~/i18n';

const SignInAgain = lazy(
  withTexts('start', () => import('~/features/start/SignInAgain').then((m) => ({ default: m.SignInAgain }))),
);
const Overlays = lazy(() => import('./Overlays').then((m) => ({ default: m.Overlays })));

export function Root() {
  return (
    <>
      <Outlet />
      <Suspense>
        <Overlays />
      </Suspense>
      <Suspense>
        <SignInAgain />
      </Suspense>
    </>
  );
}

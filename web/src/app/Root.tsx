import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

const SignInAgain = lazy(() =>
  import('~/features/start/SignInAgain').then((m) => ({ default: m.SignInAgain })),
);

export function Root() {
  return (
    <>
      <Outlet />
      <Suspense>
        <SignInAgain />
      </Suspense>
    </>
  );
}

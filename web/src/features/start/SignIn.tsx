import { useLingui } from '@lingui/react/macro';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { PublicPage } from './PublicPage';
import { enter } from './queries';
import { SignInForm } from './SignInForm';

const route = getRouteApi('/signin');

/** `/signin` */
export function SignIn() {
  const { t } = useLingui();
  const router = useRouter();
  const { to } = route.useSearch();
  return (
    <PublicPage title={t`Sign in`}>
      <SignInForm
        entered={async (session) => {
          await enter(session);
          router.history.push(to ?? '/');
        }}
      />
    </PublicPage>
  );
}

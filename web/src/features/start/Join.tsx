import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLinkOff } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiProblem, type Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import type { Session } from '~/api/session';
import { useFormat } from '~/ui/format';
import { NewPassword } from '~/ui/NewPassword';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useRoleNames } from '~/ui/roles';
import { CodeStep } from './CodeStep';
import { PublicPage } from './PublicPage';
import { enter, useAccept, useInvitation } from './queries';

const route = getRouteApi('/invite/$token');

/** `/invite/$token`: a one-time link, for somebody new or for a new password. */
export function Join() {
  const { t } = useLingui();
  const roles = useRoleNames();
  const format = useFormat();
  const { token } = route.useParams();
  const invitation = useInvitation(token);
  if (invitation.isPending) {
    return (
      <PublicPage title={t`One moment`}>
        <Skeleton height={220} />
      </PublicPage>
    );
  }
  if (invitation.isError) {
    const gone = invitation.error instanceof ApiProblem && invitation.error.status === 404;
    return (
      <PublicPage title={gone ? t`This link does not work any more` : t`The link cannot be opened`}>
        <Stack>
          {gone ? (
            <Alert color="yellow" icon={<IconLinkOff aria-hidden />}>
              <Trans>
                It was used, withdrawn, or is too old. Ask whoever gave it to you for a new one. If you have
                chosen a password already, sign in with it.
              </Trans>
            </Alert>
          ) : (
            <ProblemAlert problem={invitation.error} retry={() => void invitation.refetch()} />
          )}
          <Anchor component={Link} to="/signin">
            <Trans>Go to the sign-in</Trans>
          </Anchor>
        </Stack>
      </PublicPage>
    );
  }
  const { kind, invited_by, role, expires_at } = invitation.data;
  const roleName = roles[role] ?? role;
  return kind === 'reset' ? (
    <PublicPage
      title={t`Choose a new password`}
      about={t`The old one stops working, and you are signed out everywhere else.`}
    >
      <Form token={token} invitation={invitation.data} />
    </PublicPage>
  ) : (
    <PublicPage title={t`Join Harkara`} about={t`${invited_by} invited you. Your role: ${roleName}.`}>
      <Form token={token} invitation={invitation.data} />
      <Text size="xs" c="dimmed" mt="md" ta="center">
        <Trans>The link works once, until {format.full(expires_at)}.</Trans>
      </Text>
    </PublicPage>
  );
}

function Form({ token, invitation }: { token: string; invitation: Schemas['Invited'] }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const accept = useAccept();
  const [busy, setBusy] = useState(false);
  const [owed, setOwed] = useState<string>();
  const isNew = invitation.kind !== 'reset';
  const form = useForm({ initialValues: { name: invitation.name ?? '', password: '' } });
  const entered = async (session: Session) => {
    await enter(session);
    await navigate({ to: '/' });
  };
  const submit = form.onSubmit(async ({ name, password }) => {
    setBusy(true);
    try {
      const answer = isNew ? { token, password, name: name.trim() } : { token, password };
      const next = await accept.mutateAsync(answer);
      if ('token' in next) setOwed(next.token);
      else await entered(next);
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    } finally {
      setBusy(false);
    }
  });
  if (owed) {
    return (
      <Stack>
        <Text size="sm">
          <Trans>
            Your new password is saved. To sign in, give the code of your second factor as before.
          </Trans>
        </Text>
        <CodeStep token={owed} entered={entered} back={() => void navigate({ to: '/signin' })} />
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t`Email`}
          description={t`You sign in with it.`}
          value={invitation.email}
          readOnly
          autoComplete="username"
          dir="ltr"
        />
        {isNew && (
          <TextInput
            label={t`Name`}
            description={t`Your colleagues see it.`}
            required
            autoComplete="name"
            autoFocus
            dir="auto"
            {...form.getInputProps('name')}
          />
        )}
        <NewPassword label={t`Password`} {...form.getInputProps('password')} />
        {accept.isError && <ProblemAlert problem={accept.error} shown={['/name', '/password']} />}
        <Button type="submit" fullWidth loading={busy}>
          {isNew ? <Trans>Create the account</Trans> : <Trans>Save and sign in</Trans>}
        </Button>
      </Stack>
    </form>
  );
}

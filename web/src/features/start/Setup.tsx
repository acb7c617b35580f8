import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Skeleton, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import { NewPassword } from '~/ui/NewPassword';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { PublicPage } from './PublicPage';
import { enter, useCreateOwner, useStart } from './queries';

const route = getRouteApi('/setup');

/** `/setup`: the first user of a new server. */
export function Setup() {
  const { t } = useLingui();
  const { data: start } = useStart();
  return (
    <PublicPage
      title={t`Create your account`}
      about={t`You are the first here: this account owns the server and invites the others.`}
    >
      {start ? <Form needsCode={start.needs_code} /> : <Skeleton height={280} />}
    </PublicPage>
  );
}

function Form({ needsCode }: { needsCode: boolean }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { code } = route.useSearch();
  const create = useCreateOwner();
  const [busy, setBusy] = useState(false);
  const form = useForm({ initialValues: { name: '', email: '', password: '', code: code ?? '' } });
  // A code from the link is not asked for again, unless it is wrong.
  const asksCode = needsCode && (!code || form.errors.code !== undefined);
  const submit = form.onSubmit(async ({ name, email, password, code }) => {
    setBusy(true);
    try {
      const owner = { name: name.trim(), email: email.trim(), password };
      await enter(await create.mutateAsync(needsCode ? { ...owner, code: code.trim() } : owner));
      await navigate({ to: '/welcome' });
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        {asksCode && (
          <TextInput
            label={t`Setup code`}
            description={t`The server prints it in its log when it starts, as part of the address of this page.`}
            required
            autoComplete="one-time-code"
            dir="ltr"
            {...form.getInputProps('code')}
          />
        )}
        <TextInput
          label={t`Name`}
          required
          autoComplete="name"
          autoFocus
          dir="auto"
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t`Email`}
          description={t`You sign in with it. Nothing is sent to it.`}
          type="email"
          required
          autoComplete="username"
          dir="ltr"
          {...form.getInputProps('email')}
        />
        <NewPassword label={t`Password`} {...form.getInputProps('password')} />
        {create.isError && (
          <ProblemAlert problem={create.error} shown={['/name', '/email', '/password', '/code']} />
        )}
        <Button type="submit" fullWidth loading={busy}>
          <Trans>Create the account</Trans>
        </Button>
      </Stack>
    </form>
  );
}

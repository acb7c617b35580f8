import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import { useSession } from '~/api/session';
import { CurrentPassword } from '~/ui/CurrentPassword';
import { ProblemAlert } from '~/ui/ProblemAlert';

interface Props {
  /** What it is asked for. */
  children: ReactNode;
  act: string;
  danger?: boolean;
  run: (password: string) => Promise<unknown>;
  cancel: () => void;
}

/** Asks for one's password again before something that whoever finds the browser open must not do. */
export function AskPassword({ children, act, danger, run, cancel }: Props) {
  const { t } = useLingui();
  const { user } = useSession();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const form = useForm({ initialValues: { password: '' } });
  const submit = form.onSubmit(async ({ password }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run(password);
    } catch (error) {
      setProblem(error);
      form.setErrors(fieldErrors(error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        {/* Tells password managers whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
        <CurrentPassword label={t`Your password`} data-autofocus {...form.getInputProps('password')} />
        {problem !== undefined && <ProblemAlert problem={problem} shown={['/password']} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" color={danger ? 'red' : undefined} loading={busy}>
            {act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

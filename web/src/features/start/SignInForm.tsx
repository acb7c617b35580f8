import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Code, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import type { Session } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useSignIn } from './queries';
import { useSeconds, waitWords } from './wait';

interface Props {
  /** Who must sign in again; free to choose otherwise. */
  email?: string;
  entered: (session: Session) => Promise<void>;
}

/** Email and password, and the next step when they are wrong or tried too often. */
export function SignInForm({ email: fixed, entered }: Props) {
  const { t } = useLingui();
  const [email, setEmail] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [visible, setVisible] = useState(false);
  const [busy, setBusy] = useState(false);
  const signIn = useSignIn();
  const field = useRef<HTMLInputElement>(null);
  const problem = signIn.error instanceof ApiProblem ? signIn.error : undefined;
  const wait = useSeconds(problem?.status === 429 ? problem.retryAfter : undefined, signIn.failureCount);
  const wrong = problem?.code === 'wrong_sign_in';
  useEffect(() => {
    if (!wrong) return;
    field.current?.focus();
    field.current?.select();
  }, [wrong]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await entered(await signIn.mutateAsync({ email: email.trim(), password }));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {wrong && (
          <Alert
            color="red"
            role="alert"
            icon={<IconAlertTriangle aria-hidden />}
            title={t`Email or password is wrong`}
          >
            <Text size="sm">
              <Trans>
                Look at the password with the eye and try again. If it is lost, ask an admin for a link to
                choose a new one. Whoever runs the server makes one with:
              </Trans>
            </Text>
            <Code block mt={4}>
              harkara user reset-password {email.trim() || 'EMAIL'}
            </Code>
          </Alert>
        )}
        {problem?.status === 429 && (
          <Alert color="yellow" role="alert" icon={<IconClock aria-hidden />} title={t`Too many tries`}>
            {wait > 0 ? (
              <Trans>
                Wait before the next one, so that nobody can guess the password: {waitWords(wait)}
              </Trans>
            ) : (
              <Trans>You can try again now.</Trans>
            )}
          </Alert>
        )}
        {signIn.isError && !wrong && problem?.status !== 429 && <ProblemAlert problem={signIn.error} />}
        <TextInput
          label={t`Email`}
          type="email"
          required
          autoComplete="username"
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          readOnly={fixed !== undefined}
          dir="ltr"
          autoFocus={fixed === undefined}
        />
        <PasswordInput
          ref={field}
          label={t`Password`}
          required
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          visible={visible}
          onVisibilityChange={setVisible}
          visibilityToggleButtonProps={{
            'aria-label': visible ? t`Hide the password` : t`Show the password`,
            tabIndex: 0,
          }}
          data-autofocus={fixed !== undefined || undefined}
        />
        <Button type="submit" fullWidth loading={busy} disabled={wait > 0}>
          <Trans>Sign in</Trans>
        </Button>
      </Stack>
    </form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Code, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import type { Session } from '~/api/session';
import { CurrentPassword } from '~/ui/CurrentPassword';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { CodeStep } from './CodeStep';
import { useSignIn } from './queries';
import { TooManyTries } from './TooManyTries';
import { useSeconds, waitWords } from './wait';

interface Props {
  /** Who must sign in again; free to choose otherwise. */
  email?: string;
  entered: (session: Session) => Promise<void>;
}

/** Email and password, the code of a second factor after them, and the next step when they are wrong or tried too often. */
export function SignInForm({ email: fixed, entered }: Props) {
  const { t } = useLingui();
  const [email, setEmail] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [owed, setOwed] = useState<string>();
  const [late, setLate] = useState(false);
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
      const answer = await signIn.mutateAsync({ email: email.trim(), password });
      if ('token' in answer) setOwed(answer.token);
      else await entered(answer);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    } finally {
      setBusy(false);
    }
  };
  const again = (late: boolean) => {
    setOwed(undefined);
    setPassword('');
    setLate(late);
  };
  if (owed) return <CodeStep token={owed} entered={entered} back={again} />;
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
          <TooManyTries wait={wait}>
            <Trans>Wait before the next one, so that nobody can guess the password: {waitWords(wait)}</Trans>
          </TooManyTries>
        )}
        {late && !signIn.isError && (
          <Alert color="yellow" role="alert" icon={<IconClock aria-hidden />} title={t`That took too long`}>
            <Trans>Begin again with your password, and have the code at hand.</Trans>
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
        <CurrentPassword
          ref={field}
          label={t`Password`}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          data-autofocus={fixed !== undefined || undefined}
        />
        <Button type="submit" fullWidth loading={busy} disabled={wait > 0}>
          <Trans>Sign in</Trans>
        </Button>
      </Stack>
    </form>
  );
}

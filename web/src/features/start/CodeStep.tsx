import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import type { Session } from '~/api/session';
import { CodeInput } from '~/ui/CodeInput';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useGiveCode } from './queries';
import { TooManyTries } from './TooManyTries';
import { useSeconds, waitWords } from './wait';

interface Props {
  /** What the right password gave. */
  token: string;
  entered: (session: Session) => Promise<void>;
  /** Back to the password; `late` when the code came too late. */
  back: (late: boolean) => void;
}

/** The second step of a sign-in: the code of the authenticator, or a recovery code. */
export function CodeStep({ token, entered, back }: Props) {
  const { t } = useLingui();
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const give = useGiveCode();
  const field = useRef<HTMLInputElement>(null);
  const problem = give.error instanceof ApiProblem ? give.error : undefined;
  const limited = problem?.status === 429;
  const wait = useSeconds(limited ? problem?.retryAfter : undefined, give.submittedAt);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal leads back to the field
  useEffect(() => {
    field.current?.focus();
    if (give.isError) field.current?.select();
  }, [give.isError, give.submittedAt, recovery]);
  const submit = async (code: string) => {
    if (busy || wait > 0) return;
    setBusy(true);
    try {
      await entered(await give.mutateAsync({ token, code }));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === 'sign_in_expired') back(true);
    } finally {
      setBusy(false);
    }
  };
  const change = () => {
    // Who has to wait has to wait for either.
    if (!limited) give.reset();
    setCode('');
    setRecovery(!recovery);
  };
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit(code);
      }}
    >
      <Stack>
        <Text size="sm">
          {recovery ? (
            <Trans>Type one of the recovery codes that you kept. Each works once.</Trans>
          ) : (
            <Trans>Type the six digits that your authenticator app shows for Harkara.</Trans>
          )}
        </Text>
        {limited && (
          <TooManyTries wait={wait}>
            <Trans>Wait before the next one, so that nobody can guess the code: {waitWords(wait)}</Trans>
          </TooManyTries>
        )}
        {give.isError && !limited && <ProblemAlert problem={give.error} />}
        {recovery ? (
          <TextInput
            ref={field}
            label={t`Recovery code`}
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
        ) : (
          <CodeInput
            ref={field}
            value={code}
            onChange={setCode}
            onComplete={(digits) => void submit(digits)}
          />
        )}
        <Button type="submit" fullWidth loading={busy} disabled={wait > 0}>
          <Trans>Sign in</Trans>
        </Button>
        <Button variant="subtle" onClick={change}>
          {recovery ? <Trans>Use the authenticator app</Trans> : <Trans>Use a recovery code</Trans>}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => back(false)}>
          <Trans>Back</Trans>
        </Button>
      </Stack>
    </form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem, type Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { CodeInput } from '~/ui/CodeInput';
import { CopyField } from '~/ui/CopyField';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { QrCode } from '~/ui/QrCode';
import { AskPassword } from './AskPassword';
import { useBeginFactor, useConfirmFactor } from './queries';
import { RecoveryCodes } from './RecoveryCodes';

type Secret = Schemas['FactorSecret'];

/** Sets a second factor up: password, secret and first code, recovery codes. */
export function FactorSetUp({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  const begin = useBeginFactor();
  const [secret, setSecret] = useState<Secret>();
  const [codes, setCodes] = useState<string[]>();
  const leave = () => {
    close();
    setSecret(undefined);
    setCodes(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={codes ? t`The second factor is on` : t`Turn the second factor on`}
      closeOnClickOutside={!secret}
      closeOnEscape={!codes}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {codes ? (
        <RecoveryCodes codes={codes} leave={leave} />
      ) : secret ? (
        <FirstCode secret={secret} tell={setCodes} cancel={leave} />
      ) : (
        <AskPassword
          act={t`Go on`}
          run={async (password) => setSecret(await begin.mutateAsync(password))}
          cancel={leave}
        >
          <Trans>
            You need an authenticator app on your phone, any that shows codes of six digits. You stay signed
            in here and are signed out everywhere else.
          </Trans>
        </AskPassword>
      )}
    </Modal>
  );
}

/** The secret, for the app, and the code that shows that the app has it. */
function FirstCode({
  secret,
  tell,
  cancel,
}: {
  secret: Secret;
  tell: (codes: string[]) => void;
  cancel: () => void;
}) {
  const { t } = useLingui();
  const confirm = useConfirmFactor();
  const [code, setCode] = useState('');
  const submit = async (code: string) => {
    if (confirm.isPending) return;
    try {
      tell((await confirm.mutateAsync(code)).codes);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(code);
      }}
    >
      <Stack>
        <Text size="sm">
          <Trans>Scan this with the app. If it cannot be scanned, type the text into the app instead.</Trans>
        </Text>
        <Group justify="center">
          <QrCode text={secret.uri} label={t`QR code for the authenticator app`} size={200} />
        </Group>
        <CopyField label={t`Text for the app`} value={secret.secret} />
        <CodeInput
          label={t`Code that the app shows now`}
          autoFocus
          value={code}
          onChange={setCode}
          onComplete={(digits) => void submit(digits)}
          error={fieldErrors(confirm.error).code}
        />
        {confirm.isError && <ProblemAlert problem={confirm.error} shown={['/code']} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={confirm.isPending}>
            <Trans>Turn it on</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import { done } from '~/ui/toast';
import { AskPassword } from './AskPassword';
import { useTurnOffFactor } from './queries';

/** Turns one's second factor off. */
export function TurnOffFactor({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  const turnOff = useTurnOffFactor();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t`Turn the second factor off?`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <AskPassword
        act={t`Turn it off`}
        danger
        run={async (password) => {
          await turnOff.mutateAsync(password);
          close();
          done(<Trans>Your password is enough to sign in now.</Trans>);
        }}
        cancel={close}
      >
        <Trans>
          The password alone is enough from then on, and the recovery codes do not work any more. With a new
          phone, turn it off and on again.
        </Trans>
      </AskPassword>
    </Modal>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import { useState } from 'react';
import { AskPassword } from './AskPassword';
import { useRenewCodes } from './queries';
import { RecoveryCodes } from './RecoveryCodes';

/** Makes recovery codes in place of the earlier ones. */
export function NewRecoveryCodes({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  const renew = useRenewCodes();
  const [codes, setCodes] = useState<string[]>();
  const leave = () => {
    close();
    setCodes(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={codes ? t`Recovery codes` : t`Make new recovery codes`}
      closeOnClickOutside={!codes}
      closeOnEscape={!codes}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {codes ? (
        <RecoveryCodes codes={codes} leave={leave} />
      ) : (
        <AskPassword
          act={t`Make the codes`}
          run={async (password) => setCodes((await renew.mutateAsync(password)).codes)}
          cancel={leave}
        >
          <Trans>Ten new codes take the place of all earlier ones, which do not work any more then.</Trans>
        </AskPassword>
      )}
    </Modal>
  );
}

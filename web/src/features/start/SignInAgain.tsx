import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { onSignedOut } from '~/api/client';
import { queryClient } from '~/api/query';
import { type Session, sessionQuery } from '~/api/session';
import { SignInForm } from './SignInForm';

/** Asks for the password over the page when a session has ended, so that what is typed there stays. */
export function SignInAgain() {
  const { t } = useLingui();
  const [who, setWho] = useState<Session['user']>();
  useEffect(
    () =>
      onSignedOut(() => {
        const session = queryClient.getQueryData<Session | null>(sessionQuery.queryKey);
        if (session) setWho(session.user);
      }),
    [],
  );
  if (!who) return null;
  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t`Your session has ended`}
      centered
    >
      <Stack>
        <Text size="sm">
          <Trans>Sign in again to go on. What you typed on this page is still there.</Trans>
        </Text>
        <SignInForm
          email={who.email}
          entered={async (session) => {
            queryClient.setQueryData(sessionQuery.queryKey, session);
            setWho(undefined);
            await queryClient.invalidateQueries();
          }}
        />
        <Anchor href="/signin" size="sm" ta="center">
          <Trans>Sign in as somebody else</Trans>
        </Anchor>
      </Stack>
    </Modal>
  );
}

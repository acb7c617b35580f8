import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { PersonPicker } from './PersonPicker';
import { ProblemAlert } from './ProblemAlert';
import type { Profile } from './people';
import { Said } from './Said';
import { SentMessage } from './SentMessage';

interface Props {
  opened: boolean;
  onClose: () => void;
  /** What is sent, by name. */
  subject: string;
  send: (who: { to?: string; profile_id?: string }) => Promise<{ message_id: string; waits?: string | null }>;
  /** Stands above the form, such as what will be sent. */
  children?: ReactNode;
}

/** Sends one real message, and shows what becomes of it. */
export function TestSend({ opened, onClose, subject, send, children }: Props) {
  const { t } = useLingui();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t`Send a test of ${subject}`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {opened && <Body send={send}>{children}</Body>}
    </Modal>
  );
}

function Body({ send, children }: Pick<Props, 'send' | 'children'>) {
  const { t } = useLingui();
  const can = useCan();
  const [by, setBy] = useState<'number' | 'profile'>('number');
  const [number, setNumber] = useState('');
  const [person, setPerson] = useState<Profile | null>(null);
  const sending = useMutation({
    mutationFn: () => send(by === 'number' ? { to: number.trim() } : { profile_id: person?.id ?? '' }),
  });
  const errors = fieldErrors(sending.error);
  const ready = by === 'number' ? number.trim() !== '' : person !== null;
  const sent = sending.data;
  return (
    <Stack
      component="form"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        if (ready && !sending.isPending) sending.mutate();
      }}
    >
      {children}
      <Text size="sm" c="dimmed">
        <Trans>One message is really sent, from the account's default number.</Trans>
      </Text>
      {can('profiles.read') && (
        <SegmentedControl
          aria-label={t`Whom it goes to`}
          data={[
            { value: 'number', label: t`A number` },
            { value: 'profile', label: t`A profile` },
          ]}
          value={by}
          onChange={(value) => setBy(value as 'number' | 'profile')}
        />
      )}
      {by === 'number' ? (
        <TextInput
          label={t`Phone number`}
          description={t`With country code. If the number has a profile, its values are used.`}
          placeholder="+919999900001"
          value={number}
          onChange={(e) => setNumber(e.currentTarget.value)}
          error={errors.to}
          inputMode="tel"
          autoComplete="off"
          dir="ltr"
          data-autofocus
        />
      ) : (
        <PersonPicker
          label={t`Profile`}
          description={t`Its values are used.`}
          value={person}
          onChange={setPerson}
          error={errors.profile_id}
        />
      )}
      {sending.isError && <ProblemAlert problem={sending.error} shown={['/to', '/profile_id']} />}
      {sent?.waits && (
        <Alert color="yellow" variant="light" icon={<IconClock aria-hidden />}>
          <Said text={sent.waits} />
        </Alert>
      )}
      {sent && <SentMessage id={sent.message_id} key={sent.message_id} />}
      <Group justify="flex-end">
        <Button
          type="submit"
          loading={sending.isPending}
          disabled={!ready}
          variant={sent ? 'default' : 'filled'}
        >
          {sent ? <Trans>Send another</Trans> : <Trans>Send the test</Trans>}
        </Button>
      </Group>
    </Stack>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Anchor,
  Button,
  Card,
  Group,
  Modal,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { ConsentPill, ConsentSource } from './consent';
import { type Profile, useRecordConsent } from './queries';

/** What the person decided about messages, with a way to write down another decision. */
export function ConsentCard({ person }: { person: Profile }) {
  const { t } = useLingui();
  const can = useCan();
  const [opened, { open, close }] = useDisclosure();
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          <Trans>Consent</Trans>
        </Title>
        {can('consent.write') && (
          <Button size="compact-sm" variant="default" onClick={open}>
            <Trans>Record a decision</Trans>
          </Button>
        )}
      </Group>
      <Stack gap={4} align="flex-start">
        <ConsentPill person={person} />
        <ConsentSource person={person} />
        <Anchor component={Link} to={`/profiles/${person.id}?show=consent`} size="xs" mih={24}>
          <Trans>Show its history</Trans>
        </Anchor>
      </Stack>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Record a decision about messages`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Form person={person} close={close} />
      </Modal>
    </Card>
  );
}

function Form({ person, close }: { person: Profile; close: () => void }) {
  const { t } = useLingui();
  const record = useRecordConsent(person.id);
  const out = person.consent === 'opted_out' || person.number_opted_out;
  const form = useForm({
    initialValues: {
      action: (out || person.consent === 'not_recorded' ? 'opt_in' : 'opt_out') as Schemas['ConsentAction'],
      source: '',
      detail: '',
    },
    validate: {
      source: (source) => (source.trim() === '' ? t`Say where you know it from.` : null),
    },
  });
  const { action } = form.values;
  const submit = form.onSubmit(async ({ source, detail }) => {
    try {
      await record.mutateAsync({ action, source: source.trim(), detail: detail.trim() || undefined });
      done(action === 'opt_in' ? t`The opt-in is recorded.` : t`The opt-out is recorded.`);
      close();
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Radio.Group label={t`What the person decided`} {...form.getInputProps('action')}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="opt_in"
              label={t`Opted in`}
              description={t`Campaigns may write to this number from now on.`}
            />
            <Radio
              value="opt_out"
              label={t`Opted out`}
              description={t`No campaign writes to this number any more. Imports do not change that.`}
            />
          </Stack>
        </Radio.Group>
        {out && action === 'opt_in' && (
          <Alert variant="light" color="yellow">
            <Trans>
              This person opted out. Record an opt-in only when they themselves asked for messages again, and
              say how.
            </Trans>
          </Alert>
        )}
        <TextInput
          label={t`Where it comes from`}
          placeholder={t`phone call`}
          required
          {...form.getInputProps('source')}
        />
        <Textarea
          label={t`Proof`}
          description={t`What was said, when, to whom. It stays in the history.`}
          autosize
          minRows={2}
          {...form.getInputProps('detail')}
        />
        <Text size="xs" c="dimmed">
          <Trans>It holds for the number: every profile that shares it changes.</Trans>
        </Text>
        {record.isError && <ProblemAlert problem={record.error} shown={['/action', '/source', '/detail']} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" color={action === 'opt_out' ? 'red' : undefined} loading={record.isPending}>
            {action === 'opt_in' ? <Trans>Record the opt-in</Trans> : <Trans>Record the opt-out</Trans>}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

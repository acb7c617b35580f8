import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { KeyShown, type Made } from './KeyShown';
import { useCreateKey } from './queries';
import { ScopePicker } from './ScopePicker';

/** Makes a key, and shows it the only time. */
export function NewKey({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useLingui();
  const [made, setMade] = useState<Made>();
  const leave = () => {
    close();
    setMade(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={leave}
      size="lg"
      title={made ? t`Keep the key of ${made.name}` : t`New API key`}
      // A key that is shown once must not vanish by a click beside it.
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {made ? <KeyShown made={made} leave={leave} /> : <Form close={leave} tell={setMade} />}
    </Modal>
  );
}

function Form({ close, tell }: { close: () => void; tell: (made: Made) => void }) {
  const { t } = useLingui();
  const create = useCreateKey();
  const [all, setAll] = useState('some');
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState('');
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '' } });
  const none = all === 'some' && scopes.length === 0;
  const submit = form.onSubmit(async ({ name }) => {
    const wanted = all === 'all' ? null : scopes;
    try {
      const key = await create.mutateAsync({
        name: name.trim(),
        scopes: wanted,
        expires_in_days: days === '' ? null : Number(days),
      });
      tell({ key, name: name.trim(), scopes: wanted });
    } catch (problem) {
      form.setErrors(fieldErrors(problem));
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t`Name`}
          description={t`The program that will hold it, such as "Web shop".`}
          required
          maxLength={100}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Radio.Group label={t`What may it do?`} value={all} onChange={setAll}>
          <Stack gap="xs" mt="xs">
            <Radio value="some" label={t`Only what I choose`} />
            <Radio value="all" label={t`Everything that a key can do`} />
          </Stack>
        </Radio.Group>
        {all === 'some' && <ScopePicker value={scopes} onChange={setScopes} />}
        <Select
          label={t`Stops working`}
          description={t`A key that somebody forgets does less harm when it ends by itself.`}
          value={days}
          onChange={(chosen) => setDays(chosen ?? '')}
          allowDeselect={false}
          data={[
            { value: '', label: t`Only when it is revoked` },
            { value: '30', label: t`In 30 days` },
            { value: '90', label: t`In 90 days` },
            { value: '365', label: t`In a year` },
          ]}
          maw={320}
        />
        {create.isError && <ProblemAlert problem={create.error} shown={['/name']} />}
        <Group justify="flex-end">
          {none && (
            <Text size="sm" c="dimmed">
              <Trans>Choose at least one thing that it may do.</Trans>
            </Text>
          )}
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={create.isPending} disabled={none}>
            <Trans>Make the key</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { CodeBlock } from '~/ui/CodeBlock';
import { CopyField } from '~/ui/CopyField';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useCreateKey } from './queries';
import { ScopePicker } from './ScopePicker';
import { firstRequest } from './scopes';

interface Made {
  key: Schemas['CreatedApiKey'];
  name: string;
  scopes: string[] | null;
}

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
      {made ? <Shown made={made} leave={leave} /> : <Form close={leave} tell={setMade} />}
    </Modal>
  );
}

function Form({ close, tell }: { close: () => void; tell: (made: Made) => void }) {
  const { t } = useLingui();
  const create = useCreateKey();
  const [all, setAll] = useState('some');
  const [scopes, setScopes] = useState<string[]>([]);
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '' } });
  const none = all === 'some' && scopes.length === 0;
  const submit = form.onSubmit(async ({ name }) => {
    const wanted = all === 'all' ? null : scopes;
    try {
      const key = await create.mutateAsync({ name: name.trim(), scopes: wanted });
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

function Shown({ made, leave }: { made: Made; leave: () => void }) {
  const { t } = useLingui();
  const curl = firstRequest(location.origin, made.key.key, made.scopes);
  return (
    <Stack>
      <Alert color="yellow" icon={<IconEye aria-hidden />} title={t`Shown this once`}>
        <Trans>Copy it into your program now. Only a hash is kept: nobody can show it again.</Trans>
      </Alert>
      <CopyField label={t`API key`} value={made.key.key} />
      {curl && (
        <div>
          <Text size="sm" fw={500} mb={4}>
            <Trans>Try it in a terminal</Trans>
          </Text>
          <CodeBlock label={t`Request with curl`} value={curl} />
        </div>
      )}
      <Group justify="flex-end">
        <Button onClick={leave}>
          <Trans>I have kept it</Trans>
        </Button>
      </Group>
    </Stack>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useKnownAttributes, type Value } from './queries';

type Kind = 'text' | 'number' | 'boolean';

interface Props {
  /** `undefined` when closed, empty for a new attribute. */
  name: string | undefined;
  value: Value | undefined;
  /** Names that the person has. */
  taken: string[];
  close: () => void;
  save: (name: string, value: Value) => Promise<unknown>;
}

/** Adds an attribute or changes its value. */
export function AttributeForm({ name, close, ...rest }: Props) {
  const { t } = useLingui();
  return (
    <Modal
      opened={name !== undefined}
      onClose={close}
      title={name ? t`Change ${name}` : t`Add an attribute`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {name !== undefined && <Fields name={name} close={close} {...rest} />}
    </Modal>
  );
}

function Fields({ name: first, value, taken, close, save }: Props & { name: string }) {
  const { t } = useLingui();
  const known = useKnownAttributes();
  const [name, setName] = useState(first);
  const [kind, setKind] = useState<Kind>(
    typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text',
  );
  const [text, setText] = useState(value === undefined || typeof value === 'boolean' ? '' : String(value));
  const [yes, setYes] = useState(value !== false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [tried, setTried] = useState(false);
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const nameError =
    name.trim() === ''
      ? t`Give it a name.`
      : first === '' && taken.includes(name.trim())
        ? t`The person has this attribute already. Change it in the list.`
        : undefined;
  const valueError =
    kind === 'number' && !Number.isFinite(number)
      ? t`Write a number, such as 12.5.`
      : kind === 'text' && text.trim() === ''
        ? t`Write a text.`
        : undefined;
  const submit = async () => {
    setTried(true);
    if (nameError || valueError) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await save(name.trim(), kind === 'boolean' ? yes : kind === 'number' ? number : text);
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      <Stack>
        {first === '' && (
          <Autocomplete
            label={t`Name`}
            placeholder={t`city`}
            data={(known.data?.data ?? []).map((one) => one.name).filter((one) => !taken.includes(one))}
            value={name}
            onChange={setName}
            error={tried && nameError}
            data-autofocus
          />
        )}
        <div>
          <Text size="sm" fw={500} mb={4} id="attribute-kind">
            <Trans>Kind</Trans>
          </Text>
          <SegmentedControl
            aria-labelledby="attribute-kind"
            data={[
              { value: 'text', label: t`Text` },
              { value: 'number', label: t`Number` },
              { value: 'boolean', label: t`Yes or no` },
            ]}
            value={kind}
            onChange={(value) => setKind(value as Kind)}
          />
        </div>
        {kind === 'boolean' ? (
          <SegmentedControl
            aria-label={t`Value`}
            data={[
              { value: 'yes', label: t`Yes` },
              { value: 'no', label: t`No` },
            ]}
            value={yes ? 'yes' : 'no'}
            onChange={(value) => setYes(value === 'yes')}
          />
        ) : (
          <TextInput
            label={t`Value`}
            inputMode={kind === 'number' ? 'decimal' : 'text'}
            dir="auto"
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            error={tried && valueError}
          />
        )}
        {problem !== undefined && <ProblemAlert problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={busy}>
            <Trans>Save</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

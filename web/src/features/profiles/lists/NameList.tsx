import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type List, useNameList } from './queries';

interface Props {
  /** The list that gets another name; absent: a new one. */
  list: List | undefined;
  named: (list: List) => void;
  close: () => void;
}

/** The name of a list. */
export function NameList({ list, named, close }: Props) {
  const { t } = useLingui();
  const save = useNameList(list?.id);
  const [name, setName] = useState(list?.name ?? '');
  const wrong = fieldErrors(save.error).name;
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate(name.trim(), { onSuccess: named });
      }}
    >
      <Stack>
        <TextInput
          label={t`Name`}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          error={wrong}
          maxLength={200}
          autoComplete="off"
          dir="auto"
          required
          data-autofocus
        />
        {save.isError && !wrong && <ProblemAlert problem={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
            {list ? <Trans>Rename</Trans> : <Trans>Make the list</Trans>}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useBeginBulk, useLists, type Who } from './bulk';
import { ProblemAlert } from './ProblemAlert';

interface Props {
  who: Who;
  /** A name that fits, for a new list. */
  suggested?: string;
  close: () => void;
  begun: () => void;
}

/** Puts people on a list, an old one or a new one, in the background. */
export function OntoList({ who, suggested = '', close, begun }: Props) {
  const { t } = useLingui();
  const lists = useLists();
  const begin = useBeginBulk();
  const [name, setName] = useState(suggested);
  const known = (lists.data?.data ?? []).map((list) => list.name);
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        begin.mutate({ act: { type: 'add_to_list', list: name.trim() }, who }, { onSuccess: begun });
      }}
    >
      <Stack>
        <Autocomplete
          label={t`List`}
          description={t`Choose one, or write the name of a new one. Who is on it already stays.`}
          data={[...new Set(known)]}
          // With a name that fits, nothing covers the button.
          openOnFocus={suggested === ''}
          maxDropdownHeight={240}
          value={name}
          onChange={setName}
          data-autofocus
        />
        {begin.isError && <ProblemAlert problem={begin.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={begin.isPending}>
            {known.includes(name.trim()) || name.trim() === '' ? (
              <Trans>Put them on the list</Trans>
            ) : (
              <Trans>Make the list</Trans>
            )}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

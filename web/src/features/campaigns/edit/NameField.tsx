import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import type { Draft } from './useDraft';

/** What the campaign is called. */
export function NameField({ draft }: { draft: Draft }) {
  const { t } = useLingui();
  return (
    <TextInput
      label={t`Name`}
      description={t`Only you and your team see it.`}
      maxLength={200}
      maw={480}
      value={draft.input.name}
      onChange={(e) => draft.change({ name: e.currentTarget.value })}
      error={draft.held.includes('/name') ? t`Give the campaign a name.` : draft.errorAt('/name')}
      dir="auto"
    />
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Group, SegmentedControl, Stack, Text, useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import { PersonPicker } from '~/ui/PersonPicker';
import type { Profile } from '~/ui/people';
import { fromTemplate, type Person, valuesOf } from '~/wa/convert';
import { PhoneFrame } from '~/wa/PhoneFrame';
import type { Scheme } from '~/wa/scheme';
import { WaBubble } from '~/wa/WaBubble';
import { contentOf, type Form, mappingOf } from './form';

interface Props {
  form: Form;
  title: string;
  person: Profile | null;
  onPerson?: ((person: Profile | null) => void) | undefined;
  /** Why it cannot be sent to this person. */
  missing?: string | undefined;
}

/** The template on a phone, with the defaults or as one person gets it. */
export function Preview({ form, title, person, onPerson, missing }: Props) {
  const { t } = useLingui();
  const own = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [chosen, setScheme] = useState<Scheme>();
  const scheme = chosen ?? own;
  const content = contentOf(form);
  const bubble = fromTemplate(
    content,
    valuesOf(content, mappingOf(form), person ? asPerson(person) : undefined),
  );
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>
          <Trans>On the phone</Trans>
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t`Scheme of the phone`}
          data={[
            { value: 'light', label: t`Light` },
            { value: 'dark', label: t`Dark` },
          ]}
          value={scheme}
          onChange={(value) => setScheme(value as Scheme)}
        />
      </Group>
      {onPerson && (
        <PersonPicker
          size="xs"
          label={t`As it reaches`}
          placeholder={t`Somebody without any attribute`}
          value={person}
          onChange={onPerson}
        />
      )}
      <PhoneFrame title={title || t`Your business`} scheme={scheme} label={t`Preview of the template`}>
        <WaBubble
          content={bubble}
          time={<span aria-hidden>10:42</span>}
          marketing={form.category === 'marketing'}
          label={t`Preview of the message`}
        />
      </PhoneFrame>
      {missing && (
        <Alert color="yellow" variant="light" p="xs">
          <Text size="xs">{missing}</Text>
        </Alert>
      )}
    </Stack>
  );
}

const asPerson = (profile: Profile): Person => ({
  name: profile.name,
  phone: profile.phone,
  identity: profile.identity,
  attributes: profile.attributes as Record<string, unknown>,
});

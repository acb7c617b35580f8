import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Phone } from '~/ui/format';
import { fromTemplate, valuesOf } from '~/wa/convert';
import { fromMessage } from '~/wa/message';
import { PhoneScreen } from '~/wa/PhoneScreen';
import type { Editing } from './useEditing';

/** The message as one person after the other would get it. */
export function PersonPreview({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { template, draft } = editing;
  const [at, setAt] = useState(0);
  const people = editing.sample ?? [];
  const index = people.length > 0 ? at % people.length : 0;
  const person = people[index];
  const turn = (by: number) => setAt((index + by + people.length) % people.length);
  return (
    <Card withBorder component="section" aria-labelledby="bubble">
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h6" id="bubble">
            <Trans>How it looks</Trans>
          </Title>
          <Text size="xs" c="dimmed" truncate dir="auto" role="status">
            {person ? (
              <>
                {person.name} <Phone number={person.phone} />
              </>
            ) : (
              <Trans>with the defaults</Trans>
            )}
          </Text>
        </div>
        {people.length > 1 && (
          <Group gap={4} wrap="nowrap">
            <ActionIcon variant="default" aria-label={t`Previous person`} onClick={() => turn(-1)}>
              <IconChevronLeft size={16} className="flip" aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t`Next person`} onClick={() => turn(1)}>
              <IconChevronRight size={16} className="flip" aria-hidden />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {template ? (
        <PhoneScreen
          content={
            person
              ? fromMessage({ type: 'template', ...person.message })
              : fromTemplate(
                  template.content,
                  valuesOf(template.content, draft.input.mapping ?? template.mapping),
                )
          }
          marketing={template.category === 'marketing'}
          label={t`Preview of the message`}
        />
      ) : (
        <Stack>
          <Skeleton height={160} />
        </Stack>
      )}
    </Card>
  );
}

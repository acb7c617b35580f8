import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconListDetails, IconSearch } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { OperationCard } from './OperationCard';
import { type Document, groups, search } from './openapi';
import { useDocument } from './queries';
import { Sections } from './Sections';

const route = getRouteApi('/shell/developers/api');

/** `/developers/api`: the API as the server describes it. */
export function Reference() {
  const { t } = useLingui();
  const document = useDocument();
  return (
    <>
      <PageHeader
        title={t`API reference`}
        about={
          <Trans>
            As this server describes itself in{' '}
            <Anchor href="/api/v1/openapi.json" underline="always" inherit>
              openapi.json
            </Anchor>
            , from which client generators make a library.
          </Trans>
        }
      />
      <Sections />
      {document.isPending ? (
        <Stack role="status" aria-label={t`Loading`}>
          <Skeleton height={36} />
          <Skeleton height={400} />
        </Stack>
      ) : document.isError ? (
        <ProblemAlert problem={document.error} retry={() => void document.refetch()} />
      ) : (
        <Operations document={document.data} />
      )}
    </>
  );
}

function Operations({ document }: { document: Document }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { q = '', op } = route.useSearch();
  const [text, setText] = useState(q);
  const all = useMemo(() => groups(document), [document]);
  const found = useMemo(() => search(all, q), [all, q]);
  const go = (search: { q?: string | undefined; op?: string | undefined }) =>
    void navigate({ to: '/developers/api', search, replace: true, resetScroll: false });
  const look = useDebouncedCallback((next: string) => go({ q: next || undefined, op }), 200);
  const count = found.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <Stack gap="lg">
      <TextInput
        type="search"
        label={t`Find an operation`}
        description={t`Words of the path or of what it does, such as "launch campaign".`}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          look(e.currentTarget.value);
        }}
        maw={520}
      />
      <Text size="sm" c="dimmed" role="status">
        <Plural value={count} one="# operation" other="# operations" />
      </Text>
      {count === 0 && (
        <EmptyState
          icon={IconListDetails}
          title={t`No operation has all these words`}
          actions={
            <Button
              variant="default"
              onClick={() => {
                setText('');
                go({ op });
              }}
            >
              <Trans>Clear the search</Trans>
            </Button>
          }
        />
      )}
      {found.map(({ name, entries }) => (
        <section key={name} aria-label={name || t`Others`}>
          <Title order={2} size="h4" mb="xs">
            {name || t`Others`}
          </Title>
          <Stack gap={6}>
            {entries.map((entry) => (
              <OperationCard
                key={entry.id}
                document={document}
                entry={entry}
                open={entry.id === op}
                toggle={() => go({ q: q || undefined, op: entry.id === op ? undefined : entry.id })}
              />
            ))}
          </Stack>
        </section>
      ))}
    </Stack>
  );
}
